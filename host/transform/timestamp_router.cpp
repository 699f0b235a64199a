#include <optional>
#include <utility>

#include "host/transform/date_format.h"
#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/pages.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::text("topic.format", "${topic}-${timestamp}")
                      .high()
                      .doc("The name of the new topic; ${topic} stands for that of the old one, "
                           "${timestamp} for the record's formatted timestamp."))
          .define(config::text("timestamp.format", "yyyyMMdd")
                      .high()
                      .doc("How the timestamp is written, in UTC, as a pattern of "
                           "java.text.SimpleDateFormat."));
  return def;
}

void append_replaced(std::string &out, std::string_view text, std::string_view placeholder,
                     std::string_view by) {
  for (;;) {
    const std::size_t at = text.find(placeholder);
    out += text.substr(0, at);
    if (at == std::string_view::npos)
      return;
    out += by;
    text.remove_prefix(at + placeholder.size());
  }
}

// Gives records to a topic whose name tells their time. A wrong pattern fails every record.
class TimestampRouter final : public Transform {
public:
  TimestampRouter(std::string topic_format, Result<DateFormat> timestamp_format)
      : topic_format_(std::move(topic_format)), timestamp_format_(std::move(timestamp_format)) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    if (!record.timestamp_ms) {
      std::string text = "Timestamp missing on record: ";
      append_text(text, record);
      return data_error(std::move(text));
    }
    if (!timestamp_format_)
      return fail(timestamp_format_.error());
    timestamp_.clear();
    timestamp_format_->append(timestamp_, *record.timestamp_ms);
    with_topic_.clear();
    append_replaced(with_topic_, topic_format_, "${topic}", record.topic);
    name_.clear();
    append_replaced(name_, with_topic_, "${timestamp}", timestamp_);
    record.topic = arena.copy(std::string_view(name_));
    return Verdict::Keep;
  }

private:
  std::string topic_format_;
  Result<DateFormat> timestamp_format_;
  std::string timestamp_;
  std::string with_topic_;
  std::string name_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part, data::SchemaPool &) {
  return std::make_unique<TimestampRouter>(values.text("topic.format"),
                                           DateFormat::compile(values.text("timestamp.format")));
}

} // namespace

constinit const TransformPage kTimestampRouter{
    "TimestampRouter",
    "Gives records to a topic whose name is made of the old one's and the record's timestamp.",
    false, keys, make};

} // namespace host::transform
