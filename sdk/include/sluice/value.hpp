// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "sluice/abi/data.h"
#include "sluice/errors.hpp"
#include "sluice/text.hpp"

// Views of keys, values and headers. They borrow: none outlives the batch that it came from.
namespace sluice::inline v0 {

// A schema, or none. Equal schemas of one batch compare equal. One that came with a record goes with
// its batch: what is remembered of schemas is found again by id().
class schema {
public:
  schema() = default;
  schema(const sluice_schema *abi, const sluice_schema_api *api) : abi_(abi), api_(api) {}

  explicit operator bool() const noexcept { return abi_ != nullptr && api_ != nullptr; }
  std::int32_t type() const { return api_->type(abi_); }
  bool optional() const { return api_->optional(abi_) != 0; }
  // "org.apache.kafka.connect.data.Timestamp" for a logical type; empty if it has none.
  std::string_view name() const { return view(api_->name(abi_)); }
  std::string_view parameter(std::string_view key) const {
    const sluice_kv *first = nullptr;
    const std::size_t n = api_->parameters(abi_, &first);
    for (const sluice_kv &entry : std::span(first, n))
      if (view(entry.key) == key)
        return view(entry.value);
    return {};
  }
  std::span<const sluice_field> fields() const {
    const sluice_field *first = nullptr;
    const std::size_t n = api_->fields(abi_, &first);
    return {first, n};
  }
  // A number that no other schema of the process ever has.
  std::uint64_t id() const { return api_->id(abi_); }
  schema key() const { return {api_->key_schema(abi_), api_}; }
  schema element() const { return {api_->value_schema(abi_), api_}; }

  const sluice_schema *abi() const noexcept { return abi_; }
  const sluice_schema_api *api() const noexcept { return api_; }
  friend bool operator==(const schema &a, const schema &b) { return a.abi_ == b.abi_; }

private:
  const sluice_schema *abi_ = nullptr;
  const sluice_schema_api *api_ = nullptr;
};

// One value of any type: `type()` is SLUICE_NULL to SLUICE_STRUCT. The typed readers throw
// data_error when the value is of another type.
class value {
public:
  value(const sluice_datum &datum, const sluice_schema_api *api) : schema_(datum.schema, api) {
    if (datum.n_cells > 0) {
      rest_ = datum.cells;
      cell_ = *datum.cells;
    } else if (datum.raw.ptr != nullptr) {
      const bool is_text = schema_ && schema_.type() == SLUICE_STRING;
      cell_.type = is_text ? SLUICE_STRING : SLUICE_BYTES;
      cell_.n = static_cast<std::uint32_t>(datum.raw.len);
      cell_.u.p = datum.raw.ptr;
    }
  }
  value(const sluice_cell *cell, v0::schema schema) : cell_(*cell), rest_(cell), schema_(schema) {}

  std::int32_t type() const noexcept { return cell_.type; }
  bool is_null() const noexcept { return cell_.type == SLUICE_NULL; }
  bool is_text() const noexcept { return cell_.type == SLUICE_STRING; }
  const v0::schema &schema() const noexcept { return schema_; }

  bool boolean() const {
    expect(cell_.type == SLUICE_BOOL, "a boolean");
    return cell_.u.i != 0;
  }
  std::int64_t integer() const {
    expect(cell_.type >= SLUICE_I8 && cell_.type <= SLUICE_I64, "an integer");
    return cell_.u.i;
  }
  double floating() const {
    expect(cell_.type == SLUICE_F32 || cell_.type == SLUICE_F64, "a floating point number");
    return cell_.u.d;
  }
  // The bytes of text or of a byte string.
  std::string_view text() const {
    expect(cell_.type == SLUICE_STRING || cell_.type == SLUICE_BYTES, "text or bytes");
    return {reinterpret_cast<const char *>(cell_.u.p), cell_.n};
  }

  // Elements of an array, entries of a map, fields of a struct.
  std::uint32_t size() const noexcept { return cell_.n; }
  class children;
  children elements() const;

private:
  void expect(bool holds, std::string_view wanted) const {
    if (!holds)
      throw data_error("the value is of type {}, not {}", std::int32_t{cell_.type}, wanted);
  }

  sluice_cell cell_{.type = SLUICE_NULL, .flags = 0, .aux = 0, .n = 0, .u = {}};
  const sluice_cell *rest_ = nullptr; // the cell itself in its tape, for containers
  v0::schema schema_;
};

// What a container holds, in order: `key` is the entry's key in a map, `name` the field's name in
// a struct.
class value::children {
public:
  struct child {
    std::string_view name;
    value key;
    value item;
  };

  class iterator {
  public:
    using value_type = child;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    iterator(const children *owner, std::uint32_t index, const sluice_cell *at)
        : owner_(owner), index_(index), at_(at) {}

    child operator*() const { return owner_->make(index_, at_); }
    iterator &operator++() {
      if (owner_->type_ == SLUICE_MAP)
        at_ += cells_of(*at_);
      at_ += cells_of(*at_);
      ++index_;
      return *this;
    }
    iterator operator++(int) {
      iterator old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const iterator &a, const iterator &b) { return a.index_ == b.index_; }

  private:
    const children *owner_ = nullptr;
    std::uint32_t index_ = 0;
    const sluice_cell *at_ = nullptr;
  };

  children(const sluice_cell *container, const v0::schema &schema)
      : type_(container->type), n_(container->n), first_(container + 1), schema_(schema) {}

  iterator begin() const { return {this, 0, first_}; }
  iterator end() const { return {this, n_, nullptr}; }

private:
  static std::uint64_t cells_of(const sluice_cell &cell) {
    const bool is_container =
        cell.type == SLUICE_ARRAY || cell.type == SLUICE_MAP || cell.type == SLUICE_STRUCT;
    return is_container ? cell.u.skip : 1;
  }

  child make(std::uint32_t index, const sluice_cell *at) const {
    static constexpr sluice_cell kNull{.type = SLUICE_NULL, .flags = 0, .aux = 0, .n = 0, .u = {}};
    const value none(&kNull, {});
    if (type_ == SLUICE_STRUCT && schema_) {
      const sluice_field &field = schema_.fields()[index];
      return {view(field.name), none, value(at, {field.schema, schema_.api()})};
    }
    const v0::schema element = schema_ ? schema_.element() : v0::schema();
    if (type_ == SLUICE_MAP)
      return {{},
              value(at, schema_ ? schema_.key() : v0::schema()),
              value(at + cells_of(*at), element)};
    return {{}, none, value(at, element)};
  }

  std::int32_t type_;
  std::uint32_t n_;
  const sluice_cell *first_;
  v0::schema schema_;
};

inline value::children value::elements() const {
  expect(type() == SLUICE_ARRAY || type() == SLUICE_MAP || type() == SLUICE_STRUCT,
         "an array, map or struct");
  return {rest_, schema_};
}

} // namespace sluice::inline v0
