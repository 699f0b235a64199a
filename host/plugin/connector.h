#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/base/offset_record.h"
#include "host/base/strings.h"
#include "host/plugin/descriptor.h"

namespace host::plugin {

struct Tables; // tables.h: the negotiated function tables

// What a connector's own validate() said of one key. Keys that it did not mention are absent.
struct KeyReport {
  std::string name;
  std::vector<std::string> errors;
  std::vector<std::string> recommended;
  bool visible = true;
};

// One connector class of a loaded plugin, checked: every slot of its tables can be called. Made by
// Library, lives until the process ends, immutable; any thread. Its library must have been
// initialised before anything of it is called.
class Connector {
public:
  Connector(Descriptor descriptor, std::unique_ptr<const Tables> tables);
  ~Connector();
  Connector(const Connector &) = delete;
  Connector &operator=(const Connector &) = delete;

  const Descriptor &descriptor() const { return descriptor_; }
  const std::string &class_name() const { return descriptor_.class_name; }
  Kind kind() const { return descriptor_.kind; }
  const Tables &tables() const { return *tables_; }

  // Calls the plugin ([control], without an object). The error is that of validation itself.
  Result<std::vector<KeyReport>> validate(const StringMap &config) const;
  // Likewise. Whether the connector keeps no position elsewhere, or has changed it; false without
  // the extension. An Unsupported error: it never accepts changes.
  Result<bool> alter_offsets(const StringMap &config,
                             const std::vector<OffsetChange> &changes) const;

private:
  Descriptor descriptor_;
  std::unique_ptr<const Tables> tables_;
};

} // namespace host::plugin
