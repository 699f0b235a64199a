#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/base/error.h"
#include "host/base/offset_record.h"

namespace host::storage {

// The connector of an offset key, `["<connector>",{…}]`; `is_partition` is false for a null
// partition, which Connect stores but does not list. Data error for anything else.
struct OffsetKey {
  std::string connector;
  bool is_partition = true;
};
Result<OffsetKey> parse_offset_key(std::string_view key);

// Offsets in memory: values by key bytes, and each connector's keys in order of first appearance.
// Owned by a store, used on its thread.
class OffsetTable {
public:
  OffsetTable() = default;
  OffsetTable(const OffsetTable &) = delete; // its lists point into its entries
  OffsetTable &operator=(const OffsetTable &) = delete;

  // No value removes the key. A key that no connector can be told of is kept for get() only, and
  // its error is returned, once per key.
  Status put(std::string_view key, std::optional<std::string_view> value);

  std::optional<std::string> get(const std::string &key) const;
  std::vector<OffsetRecord> list(const std::string &connector) const;
  // Everything with a value, in order of first appearance.
  std::vector<OffsetRecord> all() const;
  std::size_t size() const { return entries_.size(); }

private:
  struct Entry {
    std::string value;
    std::uint64_t order = 0;
    std::string connector; // empty: not listed
  };
  using Entries = std::unordered_map<std::string, Entry>;

  Entries entries_;
  std::map<std::string, std::map<std::uint64_t, const Entries::value_type *>> by_connector_;
  std::uint64_t next_order_ = 0;
};

} // namespace host::storage
