#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/data/arena.h"
#include "host/data/cell.h"
#include "host/data/schema_pool.h"
#include "host/data/tape.h"

// Connect's class `Values`: the text form of data in headers (contract 8.4, 17·8.4).
namespace host::data {

// Values.convertToString: `[1,"a"]`, `{"k":1.5}`, dates in ISO form, bytes in base64. A null is
// `null`. The datum must be well-formed.
void append_values_text(std::string &out, const Datum &datum);

// Values.dateFormatFor(date).format(date), in UTC: `10:11:12.345Z` within the first day and before
// it, `2020-01-02` for whole days, else `2020-01-02T10:11:12.345Z`.
void append_values_date(std::string &out, std::int64_t ms_since_epoch);

// Values.parseString: finds out what a text is. Whatever is none of its forms is a string, so it
// does not fail. Keeps scratch memory and the schemas that it met; one thread.
class ValuesParser final : SchemaHolder {
public:
  explicit ValuesParser(SchemaPool &pool);

  // `text` is valid UTF-8 and must outlive the datum, strings without change point into it. Nothing
  // if it nests deeper than a value may (kMaxDepth).
  std::optional<Datum> parse(std::string_view text, Arena &arena);

private:
  // All but the few that it has from the beginning.
  void forget_schemas() override;

  // What a part of the text is: its schema, null for a null. Its cells end the tape, dates and
  // decimals as objects of their own.
  struct Part {
    const Schema *schema = nullptr;
  };
  // A part, or nothing where Values throws a DataException.
  using Found = std::optional<Part>;

  // Finds the schema that all elements can be converted to, as far as Values looks.
  class Merger;

  Found value(bool embedded);
  Found scalar(std::string_view token, bool embedded);
  Found quoted();
  Found array();
  bool array_element(Merger &elements);
  Found close_array(std::size_t place, std::size_t count, const Merger &elements);
  Found map();
  bool map_entry(Merger &keys, Merger &values);
  Found close_map(std::size_t place, std::size_t count, const Merger &keys, const Merger &values);
  std::size_t drop_repeated_keys(std::size_t place, std::size_t count);
  bool literal(std::string_view word, bool embedded);
  Found temporal_of_tokens(std::string_view token);
  Found temporal(std::string_view token);
  Found number(std::string_view token);
  Part text(std::string_view text, const Schema *schema);
  Part whole_number(std::int64_t number);

  // Converts a cell of the tape to a schema that was found for it and its like.
  bool align(std::size_t at, const Schema &to);
  bool align_number(Cell &cell, const Schema &to);

  const Schema *decimal_schema(std::int32_t scale);
  const Schema *array_schema(const Schema *element);
  const Schema *map_schema(const Schema *key, const Schema *value);
  const Schema *interned(SchemaSpec spec);

  // The text's tokens: `: , { } [ ] "` unless escaped, and what lies between them. One may be
  // looked at ahead.
  bool has_next() const { return has_ahead_ || at_ < input_.size(); }
  std::string_view next();
  bool next(int count);
  std::string_view cut_token();
  bool can_consume(std::string_view expected);
  std::size_t mark() const { return at_ - (has_ahead_ ? ahead_.size() : 0); }
  void rewind(std::size_t position);

  SchemaPool &pool_;
  const Schema *date_;
  const Schema *time_;
  const Schema *timestamp_;
  std::map<std::int32_t, const Schema *> decimals_;
  std::map<std::pair<const Schema *, const Schema *>, const Schema *> maps_;
  std::map<const Schema *, const Schema *> arrays_;

  std::string_view input_;
  std::size_t at_ = 0;
  std::string_view ahead_;
  bool has_ahead_ = false;

  Arena *arena_ = nullptr;
  TapeBuilder tape_;
  std::vector<Cell> moved_;
  std::string content_; // of what is quoted or cut into tokens
  std::size_t depth_ = 0;
  bool too_deep_ = false;
};

} // namespace host::data
