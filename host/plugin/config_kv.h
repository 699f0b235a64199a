#pragma once

#include <vector>

#include <sluice/abi/base.h>

#include "host/base/strings.h"
#include "host/plugin/call.h"

namespace host::plugin {

// A configuration as the array that plugin calls take. Borrows the map; lives for the call.
class ConfigKv {
public:
  explicit ConfigKv(const StringMap &config) {
    entries_.reserve(config.size());
    for (const auto &[key, value] : config)
      entries_.push_back({abi_str(key), abi_str(value)});
  }

  const sluice_kv *data() const { return entries_.data(); }
  std::size_t size() const { return entries_.size(); }

private:
  std::vector<sluice_kv> entries_;
};

} // namespace host::plugin
