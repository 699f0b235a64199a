#include <utility>

#include <fmt/format.h>

#include "host/app/cli_screen.h"
#include "host/app/try_print.h"
#include "host/data/value_text.h"
#include "host/json/writer.h"

namespace host::app::dry_run {
namespace {

std::string_view name_of(transform::StepResult result) {
  switch (result) {
  case transform::StepResult::Applied:
    return "applied";
  case transform::StepResult::NotSelected:
    return "not selected";
  case transform::StepResult::Filtered:
    return "filtered";
  case transform::StepResult::Failed:
    return "failed";
  }
  return "";
}

} // namespace

std::string Trace::schema_of(const data::Datum &datum) const {
  const data::Schema *schema = data::schema_of(datum);
  return schema != nullptr ? hidden_.redact(schema->text()) : "no schema";
}

std::string Trace::shown(const data::Datum &datum) const {
  std::string text;
  data::append_java_text(text, datum);
  return hidden_.redact(text);
}

void Trace::step(const transform::Stage &stage, transform::StepResult result,
                 const transform::Record &record) {
  if (result == transform::StepResult::Filtered)
    filtered_by_ = stage.alias;
  const bool with_record = result == transform::StepResult::Applied;
  if (form_ == Form::Json)
    json_step(stage, name_of(result), with_record, record);
  else if (form_ == Form::Text)
    text_step(stage, name_of(result), with_record, record);
}

void Trace::json_step(const transform::Stage &stage, std::string_view result, bool with_record,
                      const transform::Record &record) {
  text_ += text_.empty() ? "[" : ",";
  json::Writer writer(text_);
  writer.begin_object().field("transform", stage.alias).field("class", stage.class_name);
  writer.field("result", result);
  if (with_record) {
    writer.field("topic", hidden_.redact(record.topic));
    for (const auto &[name, datum] : {std::pair("key", &record.key), {"value", &record.value}}) {
      writer.key(name).begin_object();
      writer.field("schema", schema_of(*datum)).field("data", shown(*datum)).end_object();
    }
    writer.key("headers").begin_array();
    for (const transform::Header &header : record.headers) {
      writer.begin_array().value(hidden_.redact(transform::key_of(header)));
      writer.value(shown(header.value)).end_array();
    }
    writer.end_array();
  }
  writer.end_object();
}

void Trace::text_step(const transform::Stage &stage, std::string_view result, bool with_record,
                      const transform::Record &record) {
  text_ += fmt::format("  {:<7} {} ({}): {}\n", text_.empty() ? "steps" : "", stage.alias,
                       stage.class_name, result);
  if (!with_record)
    return;
  const auto row = [&](std::string_view name, const std::string &value) {
    text_ += fmt::format("  {:<9} {:<8} {}\n", "", name, cli::visible(value));
  };
  row("topic", hidden_.redact(record.topic));
  row("key", fmt::format("{} {}", schema_of(record.key), shown(record.key)));
  row("value", fmt::format("{} {}", schema_of(record.value), shown(record.value)));
  std::string headers;
  for (const transform::Header &header : record.headers)
    headers += fmt::format("{}{}={}", headers.empty() ? "" : ", ",
                           hidden_.redact(transform::key_of(header)), shown(header.value));
  row("headers", headers.empty() ? "none" : headers);
}

void Trace::clear() {
  text_.clear();
  filtered_by_.clear();
}

std::string Trace::steps() const {
  return form_ == Form::Json ? (text_.empty() ? "[" : text_) + "]" : text_;
}

} // namespace host::app::dry_run
