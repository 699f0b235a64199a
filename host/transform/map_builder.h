#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/arena.h"
#include "host/data/cell.h"
#include "host/data/schema.h"

namespace host::transform {

// A name that goes into maps again and again: its cell and its hash, made once. Its text must stay
// where it is: owners keep keys in vectors that do not grow any more.
class MapKey {
public:
  explicit MapKey(std::string text);
  MapKey(const MapKey &other) : MapKey(other.text_) {}
  MapKey(MapKey &&other) : MapKey(other.text_) {}
  MapKey &operator=(const MapKey &) = delete;

  const std::string &text() const { return text_; }
  const data::Cell &cell() const { return cell_; }
  std::uint32_t hash() const { return hash_; }

private:
  std::string text_;
  data::Cell cell_;
  std::uint32_t hash_;
};

// Builds one map without schema, in the order in which Java's would be iterated (contract 16.1). Of
// keys and values it keeps pointers until finish(). Reused record after record; one thread.
class MapBuilder {
public:
  // `new HashMap<>(map)`; values of null included.
  void begin_copy(const data::Cell &map);
  // `new HashMap<>(capacity)`; 16 is what `new HashMap<>()` has.
  void begin_hashed(std::size_t capacity);
  // `new LinkedHashMap<>()`: in the order of the first put.
  void begin_linked();

  // Adds an entry, or replaces the value of that key. A null pointer is a null.
  void put(const MapKey &key, const data::Cell *value);
  void put(const data::Cell &key, const data::Cell *value);
  void remove(const MapKey &key);

  // The map, schemaless, in the arena.
  data::Datum finish(data::Arena &arena);

private:
  struct Entry {
    std::uint32_t hash;
    std::uint32_t bucket;
    std::uint32_t order; // of the first put
    const data::Cell *key;
    const data::Cell *value;
  };
  enum class Order : std::uint8_t { Hashed = 1, Linked };

  void put(std::uint32_t hash, const data::Cell &key, const data::Cell *value);
  void append(std::uint32_t hash, const data::Cell &key, const data::Cell *value);
  Entry *find(std::uint32_t hash, const data::Cell &key);
  void index_entry(std::size_t entry);
  void build_index();
  void sort_by_bucket();

  Order order_ = Order::Hashed;
  std::uint32_t capacity_ = 16;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> index_; // of entry + 1 by hash, when there are many
  std::uint32_t next_ = 0;
};

// How many buckets Java allocates for a capacity: the next power of two.
std::uint32_t table_size(std::size_t capacity);

// Names in the order of `new HashMap<>()` or `new HashSet<>(capacity)` that got them one by one.
std::vector<std::string> in_hash_order(const std::vector<std::string> &names,
                                       std::size_t capacity = 16);

} // namespace host::transform
