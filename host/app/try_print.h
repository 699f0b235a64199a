#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/app/try_pipeline.h"
#include "host/app/try_record.h"
#include "host/base/error.h"
#include "host/base/redactor.h"
#include "host/data/cell.h"
#include "host/json/value.h"
#include "host/transform/chain.h"

namespace host::app::dry_run {

// A line of the machine form: `{"id","out"}` or `{"id","error":{"stage","class","message"}}`.
void append_line(std::string &out, const json::Value &id, const Outcome &outcome);
void append_failure(std::string &out, const json::Value &id, Stage stage, const Error &error);

// A class without its package and outer class.
std::string_view simple_name(std::string_view class_name);
// A message with `@HASH` for what Java's Object.toString puts there.
std::string without_hashes(std::string_view message);

// Before and after, for people. Bytes that are not UTF-8 appear as base64, control characters
// as escapes.
std::string before(std::size_t number, const RawRecord &record);
// `filtered_by`: the transform that left the record out.
std::string after(const RawRecord &given, const Outcome &outcome, std::string_view filtered_by);

// Where a record was filtered, and, if asked, what the steps of the chain did to it.
class Trace final : public transform::Observer {
public:
  enum class Form : std::uint8_t { None = 1, Text, Json };
  // What `hidden` knows is not shown; it outlives this.
  Trace(Form form, const Redactor &hidden) : form_(form), hidden_(hidden) {}

  // Forgets the record before.
  void clear();
  void step(const transform::Stage &stage, transform::StepResult result,
            const transform::Record &record) override;
  // JSON: an array. For people: lines.
  std::string steps() const;
  // The alias of a transform; empty if the record was not filtered.
  const std::string &filtered_by() const { return filtered_by_; }

private:
  void json_step(const transform::Stage &stage, std::string_view result, bool with_record,
                 const transform::Record &record);
  void text_step(const transform::Stage &stage, std::string_view result, bool with_record,
                 const transform::Record &record);

  std::string schema_of(const data::Datum &datum) const;
  std::string shown(const data::Datum &datum) const;

  Form form_;
  const Redactor &hidden_;
  std::string text_;
  std::string filtered_by_;
};

} // namespace host::app::dry_run
