#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
  void forget(std::size_t mark) { entries_.resize(mark); }
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
  // `OBJECT`, `NUMBER`: as Jackson calls what was found.
  static std::string_view node_type(json::Token token);
  Result<Datum> finish(bool read, const Schema *schema);
  bool any(json::Token token, const Schema *schema);
  bool schemaless(json::Token token, JsonSlot &slot);
  bool free_array(JsonSlot &slot);
  bool free_object(JsonSlot &slot);
  bool free_members();
  bool expected_members(JsonShape &shape, bool &complete);
  std::size_t begin_entry();
  std::size_t put_in_order(const JsonShape &shape, std::size_t base, std::size_t place);
  void learn(JsonSlot &slot, std::size_t mark);
  bool typed(json::Token token, const Schema &schema);
  bool absent(const Schema &schema);
  bool whole_number(json::Token token, Type type);
  bool real_number(json::Token token, Type type);
  bool text(json::Token token, const Schema &schema);
  bool base64(json::Token token, const Schema &schema);
  bool array(json::Token token, const Schema &schema);
  bool elements(const Schema &schema, std::size_t &count);
  bool member_values(const Schema &schema, std::size_t &count);
  bool map(json::Token token, const Schema &schema);
  bool object_map(const Schema &schema);
  bool set_aside(std::size_t begin, const json::Scanner::Mark &value, std::size_t misfits);
  bool settle(std::size_t mark, std::size_t misfits);
  bool pair_map(const Schema &schema);
  bool pair(const Schema &schema);
  bool structure(json::Token token, const Schema &schema);
  // A struct whose members were read in the schema's order as far as they were.
  struct HalfRead {
    std::size_t place; // on the tape
    json::Scanner::Mark start;
    std::size_t fields = 0; // read
  };
  bool structure_in_any_order(const Schema &schema, const HalfRead &half);
  bool find_members(const Schema &schema, const HalfRead &half, bool misfit, std::size_t base);
  bool read_members(const Schema &schema, const HalfRead &half, std::optional<Error> misfit,
                    std::size_t base);
  void put_in_schema_order(std::size_t place, std::size_t extents);
  bool logical(json::Token token, const Schema &schema);
  bool decimal(json::Token token, const Schema &schema);

  bool skip(json::Token token) { return scanner_.skip(token); }
  bool null_for_other(const Schema &schema);
  bool field(const Field &field);
  bool number_is_sane();
  double real_of_literal() const;
  double float_of_literal() const;
  // The text as long as the arena lives.
  std::string_view kept(std::string_view text) {
    return scanner_.in_place() ? text : arena_->copy(text);
  }
  bool refuse(std::string message);
  bool is_misfit() const;

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
  // Values of maps that did not fit, by where their entries begin on the tape: a later value of the
  // same key may replace them.
  std::vector<std::pair<std::size_t, Error>> misfits_;
  // How many nulls were written under schemas that may not allow them: the struct around them
  // says, when its field is complete.
  std::size_t suspects_ = 0;
  std::optional<Error> error_;
};

} // namespace host::data
