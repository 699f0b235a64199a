#include "host/transform/map_builder.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "host/base/java_order.h"
#include "host/base/java_text.h"

namespace host::transform {
namespace {

using data::Cell;
using data::Type;

// From here on entries are found by an index, so that a hostile map costs no square.
constexpr std::size_t kIndexed = 32;

std::int32_t folded(std::uint64_t bits) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits ^ bits >> 32));
}

// Java's hashCode of a key. Containers as keys keep their place among themselves.
std::int32_t java_hash(const Cell &cell) {
  switch (data::type_of(cell)) {
  case Type::String:
    return java::hash(data::text_of(cell));
  case Type::Bool:
    return cell.u.i != 0 ? 1231 : 1237;
  case Type::Int8:
  case Type::Int16:
  case Type::Int32:
    return static_cast<std::int32_t>(cell.u.i);
  case Type::Int64:
    return folded(static_cast<std::uint64_t>(cell.u.i));
  case Type::Float32:
    return std::bit_cast<std::int32_t>(static_cast<float>(cell.u.d));
  case Type::Float64:
    return folded(std::bit_cast<std::uint64_t>(cell.u.d));
  default:
    return 0;
  }
}

bool same_key(const Cell &a, const Cell &b) {
  if (a.type != b.type)
    return false;
  const Type type = data::type_of(a);
  if (type == Type::String)
    return data::text_of(a) == data::text_of(b);
  if (type == Type::Bytes || data::is_container(type))
    return &a == &b;
  return type == Type::Null || std::memcmp(&a.u, &b.u, sizeof a.u) == 0;
}

constexpr Cell kNull{static_cast<std::uint8_t>(Type::Null), 0, 0, 0, {}};

// The bucket count of a table that started with some and got `entries` entries.
std::uint32_t grown(std::uint32_t buckets, std::size_t entries) {
  const auto full = [](std::uint32_t count) { // 0.75 of it, as Java truncates the product
    return static_cast<std::size_t>(static_cast<double>(count) * 0.75);
  };
  while (entries > full(buckets))
    buckets *= 2;
  return buckets;
}

} // namespace

std::uint32_t table_size(std::size_t capacity) {
  return std::bit_ceil(static_cast<std::uint32_t>(std::max<std::size_t>(capacity, 1)));
}

MapKey::MapKey(std::string text) : text_(std::move(text)), cell_{} {
  const data::Bytes bytes = data::bytes_of(text_);
  cell_.type = static_cast<std::uint8_t>(Type::String);
  cell_.n = static_cast<std::uint32_t>(bytes.len);
  cell_.u.p = bytes.ptr;
  hash_ = java::spread(java::hash(text_));
}

void MapBuilder::begin_hashed(std::size_t capacity) {
  order_ = Order::Hashed;
  capacity_ = table_size(capacity);
  entries_.clear();
  index_.clear();
  next_ = 0;
}

void MapBuilder::begin_linked() {
  begin_hashed(16);
  order_ = Order::Linked;
}

// A copied table starts with room for all entries: of n with floor(n / 0.75 + 1), as up to JDK 18.
void MapBuilder::begin_copy(const Cell &map) {
  begin_hashed(map.n == 0 ? 16 : static_cast<std::size_t>(map.n / 0.75 + 1.0));
  const Cell *at = &map + 1;
  for (std::uint32_t i = 0; i < map.n; ++i) {
    const Cell *value = at + data::extent(*at);
    append(java::spread(java_hash(*at)), *at, value);
    at = value + data::extent(*value);
  }
}

void MapBuilder::put(const MapKey &key, const Cell *value) { put(key.hash(), key.cell(), value); }

void MapBuilder::put(const Cell &key, const Cell *value) {
  put(java::spread(java_hash(key)), key, value);
}

void MapBuilder::put(std::uint32_t hash, const Cell &key, const Cell *value) {
  if (Entry *entry = find(hash, key))
    entry->value = value != nullptr ? value : &kNull;
  else
    append(hash, key, value);
}

void MapBuilder::append(std::uint32_t hash, const Cell &key, const Cell *value) {
  entries_.push_back({hash, 0, next_++, &key, value != nullptr ? value : &kNull});
  if (!index_.empty())
    index_entry(entries_.size() - 1);
}

void MapBuilder::remove(const MapKey &key) {
  Entry *entry = find(key.hash(), key.cell());
  if (entry == nullptr)
    return;
  entries_.erase(entries_.begin() + (entry - entries_.data()));
  index_.clear();
}

MapBuilder::Entry *MapBuilder::find(std::uint32_t hash, const Cell &key) {
  if (entries_.size() < kIndexed) {
    for (Entry &entry : entries_)
      if (entry.hash == hash && same_key(*entry.key, key))
        return &entry;
    return nullptr;
  }
  if (index_.empty())
    build_index();
  const std::size_t mask = index_.size() - 1;
  for (std::size_t at = hash & mask; index_[at] != 0; at = (at + 1) & mask) {
    Entry &entry = entries_[index_[at] - 1];
    if (entry.hash == hash && same_key(*entry.key, key))
      return &entry;
  }
  return nullptr;
}

void MapBuilder::build_index() {
  index_.assign(std::bit_ceil(entries_.size() * 4), 0);
  for (std::size_t i = 0; i < entries_.size(); ++i)
    index_entry(i);
}

void MapBuilder::index_entry(std::size_t entry) {
  if (entries_.size() * 2 > index_.size()) {
    build_index();
    return;
  }
  const std::size_t mask = index_.size() - 1;
  std::size_t at = entries_[entry].hash & mask;
  while (index_[at] != 0)
    at = (at + 1) & mask;
  index_[at] = static_cast<std::uint32_t>(entry + 1);
}

void MapBuilder::sort_by_bucket() {
  const std::uint32_t mask = grown(capacity_, entries_.size()) - 1;
  bool sorted = true;
  std::uint32_t last = 0;
  for (Entry &entry : entries_) {
    entry.bucket = entry.hash & mask;
    sorted = sorted && entry.bucket >= last;
    last = entry.bucket;
  }
  if (!sorted)
    std::sort(entries_.begin(), entries_.end(), [](const Entry &a, const Entry &b) {
      return a.bucket != b.bucket ? a.bucket < b.bucket : a.order < b.order;
    });
}

data::Datum MapBuilder::finish(data::Arena &arena) {
  if (order_ == Order::Hashed)
    sort_by_bucket();
  std::size_t total = 1;
  for (const Entry &entry : entries_)
    total += data::extent(*entry.key) + data::extent(*entry.value);
  auto *cells = static_cast<Cell *>(arena.allocate(total * sizeof(Cell), alignof(Cell)));
  cells[0] = {static_cast<std::uint8_t>(Type::Map),
              0,
              0,
              static_cast<std::uint32_t>(entries_.size()),
              {.skip = total}};
  Cell *to = cells + 1;
  const auto add = [&](const Cell *from) {
    const std::uint64_t count = data::extent(*from);
    std::memcpy(to, from, count * sizeof(Cell));
    to += count;
  };
  for (const Entry &entry : entries_) {
    add(entry.key);
    add(entry.value);
  }
  return data::cells_datum({cells, total}, nullptr);
}

std::vector<std::string> in_hash_order(const std::vector<std::string> &names,
                                       std::size_t capacity) {
  std::vector<std::string> unique;
  for (const std::string &name : names)
    if (std::find(unique.begin(), unique.end(), name) == unique.end())
      unique.push_back(name);
  java::sort_by_bucket(unique, grown(table_size(capacity), unique.size()),
                       [](const std::string &name) -> std::string_view { return name; });
  return unique;
}

} // namespace host::transform
