#pragma once

#include <string>
#include <string_view>

#include "host/app/try_pipeline.h"
#include "host/app/try_record.h"
#include "host/base/error.h"
#include "host/json/value.h"
#include "host/transform/chain.h"

namespace host::app::dry_run {

// A line of the machine form: `{"id","out"}` or `{"id","error":{"stage","class","message"}}`.
// `steps`, if any, is the JSON of a member of that name.
void append_line(std::string &out, const json::Value &id, const Outcome &outcome,
                 std::string_view steps = {});
void append_failure(std::string &out, const json::Value &id, Stage stage, const Error &error);

// A class without its package and outer class.
std::string_view simple_name(std::string_view class_name);
// A message with `@HASH` for what Java's Object.toString puts there.
std::string without_hashes(std::string_view message);

// Before and after, for people. Bytes that are not UTF-8 appear as base64, control characters
// as escapes.
std::string before(std::size_t number, const RawRecord &record);
std::string after(const RawRecord &given, const Outcome &outcome);

// What the steps of a chain did to one record, in either form. Cleared by take().
class Trace final : public transform::Observer {
public:
  explicit Trace(bool as_json) : as_json_(as_json) {}
  void step(const transform::Stage &stage, transform::StepResult result,
            const transform::Record &record) override;
  // JSON: an array. For people: lines.
  std::string take();

private:
  void json_step(const transform::Stage &stage, std::string_view result, bool with_record,
                 const transform::Record &record);
  void text_step(const transform::Stage &stage, std::string_view result, bool with_record,
                 const transform::Record &record);

  bool as_json_;
  std::string text_;
};

} // namespace host::app::dry_run
