#include "host/storage/offset_table.h"

#include <algorithm>

#include "host/json/parse.h"

namespace host::storage {

Result<OffsetKey> parse_offset_key(std::string_view key) {
  const auto parsed = json::parse(key);
  if (!parsed)
    return fail(Code::Data, "the key of an offset is no JSON");
  const auto items = parsed->items();
  if (items.size() != 2 || !items[0].is_string() || !(items[1].is_object() || items[1].is_null()))
    return fail(Code::Data, "the key of an offset must be [\"<connector>\",{<partition>}]");
  return OffsetKey{std::string(items[0].text()), items[1].is_object()};
}

Status OffsetTable::put(std::string_view key, std::optional<std::string_view> value) {
  const auto known = entries_.find(std::string(key));
  if (!value) {
    if (known == entries_.end())
      return {};
    if (const auto list = by_connector_.find(known->second.connector);
        list != by_connector_.end()) {
      list->second.erase(known->second.order);
      if (list->second.empty())
        by_connector_.erase(list);
    }
    entries_.erase(known);
    return {};
  }
  if (known != entries_.end()) {
    known->second.value = *value;
    return {};
  }
  const auto parsed = parse_offset_key(key);
  const bool listed = parsed && parsed->is_partition;
  const auto added =
      entries_
          .emplace(std::string(key), Entry{std::string(*value), next_order_++,
                                           listed ? parsed->connector : std::string()})
          .first;
  if (listed)
    by_connector_[parsed->connector].emplace(added->second.order, &*added);
  if (!parsed)
    return fail(parsed.error());
  return {};
}

std::optional<std::string> OffsetTable::get(const std::string &key) const {
  const auto known = entries_.find(key);
  return known != entries_.end() ? std::optional(known->second.value) : std::nullopt;
}

std::vector<OffsetRecord> OffsetTable::list(const std::string &connector) const {
  std::vector<OffsetRecord> records;
  if (const auto keys = by_connector_.find(connector); keys != by_connector_.end())
    for (const auto &[order, entry] : keys->second)
      records.push_back({entry->first, entry->second.value});
  return records;
}

std::vector<OffsetRecord> OffsetTable::all() const {
  std::vector<const Entries::value_type *> ordered;
  ordered.reserve(entries_.size());
  for (const auto &entry : entries_)
    ordered.push_back(&entry);
  std::ranges::sort(ordered, {}, [](const auto *entry) { return entry->second.order; });
  std::vector<OffsetRecord> records;
  records.reserve(ordered.size());
  for (const auto *entry : ordered)
    records.push_back({entry->first, entry->second.value});
  return records;
}

} // namespace host::storage
