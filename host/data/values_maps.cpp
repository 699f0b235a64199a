// Maps that Values reads: of equal keys the first keeps its place and the last its value.
#include <algorithm>
#include <cstring>

#include "host/data/objects.h"
#include "host/data/values.h"

namespace host::data {
namespace {

// Whether two values of `count` cells each are equal, as Java objects are.
bool same(const Cell *a, const Cell *b, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    if (a[i].type != b[i].type || a[i].flags != b[i].flags || a[i].n != b[i].n)
      return false;
    const Type type = type_of(a[i]);
    if (type == Type::String || type == Type::Bytes) {
      if (std::memcmp(a[i].u.p, b[i].u.p, bytes_behind(a[i])) != 0)
        return false;
    } else if (std::memcmp(&a[i].u, &b[i].u, sizeof a[i].u) != 0) {
      return false;
    }
  }
  return true;
}

std::uint64_t hash_bytes(std::uint64_t hash, const void *data, std::size_t size) {
  const auto *bytes = static_cast<const unsigned char *>(data);
  for (std::size_t i = 0; i < size; ++i)
    hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
  return hash;
}

std::uint64_t hash_of(const Cell *cells, std::uint64_t count) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (std::uint64_t i = 0; i < count; ++i) {
    hash = hash_bytes(hash, &cells[i].type, sizeof cells[i].type);
    const Type type = type_of(cells[i]);
    hash = type == Type::String || type == Type::Bytes
               ? hash_bytes(hash, cells[i].u.p, bytes_behind(cells[i]))
               : hash_bytes(hash, &cells[i].u, sizeof cells[i].u);
  }
  return hash;
}

struct Entry {
  std::uint64_t hash;
  std::size_t key;
  std::size_t order;
  std::size_t value; // where the value that counts begins
  bool dropped = false;
};

} // namespace

std::size_t ValuesParser::drop_repeated_keys(std::size_t place, std::size_t count) {
  if (count < 2)
    return count;
  std::vector<Entry> entries;
  entries.reserve(count);
  std::size_t at = place + 1;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t key_cells = extent(tape_[at]);
    const std::size_t value = at + key_cells;
    entries.push_back({hash_of(&tape_[at], key_cells), at, i, value});
    at = value + extent(tape_[value]);
  }
  std::sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) {
    return a.hash != b.hash ? a.hash < b.hash : a.order < b.order;
  });
  bool repeated = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (entries[i].dropped)
      continue;
    for (std::size_t j = i + 1; j < count && entries[j].hash == entries[i].hash; ++j) {
      const std::uint64_t cells = extent(tape_[entries[i].key]);
      if (entries[j].dropped || extent(tape_[entries[j].key]) != cells ||
          !same(&tape_[entries[i].key], &tape_[entries[j].key], cells))
        continue;
      entries[i].value = entries[j].value;
      entries[j].dropped = true;
      repeated = true;
    }
  }
  if (!repeated)
    return count;
  std::sort(entries.begin(), entries.end(),
            [](const Entry &a, const Entry &b) { return a.order < b.order; });
  moved_.clear();
  std::size_t kept = 0;
  for (const Entry &entry : entries) {
    if (entry.dropped)
      continue;
    ++kept;
    for (const std::size_t begin : {entry.key, entry.value})
      moved_.insert(moved_.end(), &tape_[begin], &tape_[begin] + extent(tape_[begin]));
  }
  tape_.truncate(place + 1);
  tape_.append(moved_);
  return kept;
}

} // namespace host::data
