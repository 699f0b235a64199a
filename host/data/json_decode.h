#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/data/arena.h"
#include "host/data/decimal.h"
#include "host/data/json_schema.h"
#include "host/data/json_shapes.h"
#include "host/data/tape.h"
#include "host/json/scanner.h"

namespace host::data {

// Puts the entries of schemaless maps into the order of a Java HashMap (contract 16.1), which is
// how Connect's own decoder leaves them and so what later text shows. Keeps scratch memory.
class HashOrder {
public:
  // Notes the next entry of the innermost map: its hash and the cell that its key begins at.
  void add(std::uint32_t spread_hash, std::size_t begin) {
    entries_.push_back({spread_hash, 0, begin, 0, begin});
  }
  std::size_t mark() const { return entries_.size(); }
  // Where the entries added since `mark` begin.
  std::size_t begin_of(std::size_t entry) const { return entries_[entry].begin; }
  // Orders the entries added since `mark`, which end the tape; a key that came twice keeps its last
  // value. Returns how many entries are left, and forgets them.
  std::size_t arrange(std::size_t mark, TapeBuilder &tape);

private:
  struct Entry {
    std::uint32_t hash;
    std::uint32_t bucket;
    std::size_t begin;
    std::size_t end;
    std::size_t first; // where the key came first: its place among others of its bucket
  };
  void drop_duplicates(std::size_t mark, const TapeBuilder &tape);
  bool in_order(std::size_t mark) const;
  void sort_by_bucket(std::size_t mark);
  bool may_repeat(std::size_t mark) const;

  std::vector<Entry> entries_;
  std::vector<Cell> moved_;
};

// Reads JSON text straight onto a tape, without a tree (contract 8.2, 17·8.2). Reused from record
// to record. Strings without escapes are not copied: the text must outlive the datum. One thread.
class JsonDecoder {
public:
  explicit JsonDecoder(const JsonOptions &options)
      : options_(options), scanner_(json::Dialect{.leading_zeros = true}) {}

  // A whole text under a schema, or schemaless.
  Result<Datum> decode(std::string_view text, const Schema *schema, Arena &arena);

  // For the envelope: the value of a member of the outermost object. `more` tells whether that
  // object goes on after it; then nothing was decided.
  Result<Datum> decode_member(std::string_view text, std::size_t at, const Schema *schema,
                              Arena &arena, bool &more);

  json::Scanner &scanner() { return scanner_; }
  // Connect's DataException for a text that is no JSON, with its causes.
  static Error serialization_error(
      const json::Fault &fault,
      std::string what =
          "Converting byte[] to Kafka Connect data failed due to serialization error: ");

private:
  // A key and its value on the tape; empty for a key that is absent.
  struct Extent {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  // The way from a struct's field to a value inside it, for messages: `element of array field:
  // "f"`.
  struct Where {
    std::string_view what;
    const Where *outer = nullptr;
    std::string_view field;

    std::string text() const {
      if (outer == nullptr)
        return "field: \"" + std::string(field) + "\"";
      return std::string(what) + outer->text();
    }
  };

  // `OBJECT`, `NUMBER`: as Jackson calls what was found.
  static std::string_view node_type(json::Token token);
  Result<Datum> finish(bool read, const Schema *schema);
  bool any(json::Token token, const Schema *schema, const Where *where);
  bool schemaless(json::Token token, JsonSlot &slot);
  bool free_array(JsonSlot &slot);
  bool free_object(JsonSlot &slot);
  bool free_members();
  bool expected_members(JsonShape &shape, bool &complete);
  std::size_t put_in_order(const JsonShape &shape, std::size_t base, std::size_t place);
  void learn(JsonSlot &slot, std::size_t mark);
  bool typed(json::Token token, const Schema &schema, const Where *where);
  bool absent(const Schema &schema);
  bool whole_number(json::Token token, Type type);
  bool real_number(json::Token token, Type type);
  bool text(json::Token token, const Schema &schema, const Where *where);
  bool base64(json::Token token, const Schema &schema, const Where *where);
  bool array(json::Token token, const Schema &schema, const Where *where);
  bool map(json::Token token, const Schema &schema, const Where *where);
  bool object_map(const Schema &schema, const Where *where);
  bool pair_map(const Schema &schema, const Where *where);
  bool pair(const Schema &schema, const Where *where);
  bool structure(json::Token token, const Schema &schema);
  bool structure_in_any_order(const Schema &schema, std::size_t place);
  bool logical(json::Token token, const Schema &schema);
  bool decimal(json::Token token, const Schema &schema);

  bool skip(json::Token token) { return scanner_.skip(token); }
  bool null_where_required(const Schema &schema, const Where *where);
  bool number_is_sane();
  double real_of_literal() const;
  double float_of_literal() const;
  // The text as long as the arena lives.
  std::string_view kept(std::string_view text) {
    return scanner_.in_place() ? text : arena_->copy(text);
  }
  bool refuse(std::string message);

  JsonOptions options_;
  json::Scanner scanner_;
  TapeBuilder tape_;
  HashOrder order_;
  JsonShapes shapes_;
  std::vector<Extent> extents_; // of the members of expected objects that are open
  std::vector<std::string_view> keys_;
  std::vector<Cell> moved_;
  Arena *arena_ = nullptr;
  std::string scratch_;
  Decimal number_;
  std::vector<std::optional<json::Scanner::Mark>> marks_;
  std::optional<Error> error_;
};

} // namespace host::data
