#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "host/config/error_keys.h"
#include "host/runtime/context_headers.h"

namespace host::runtime {
namespace {

constexpr const char *kFile = SLUICE_SOURCE_DIR "/docs/reference/errors.md";

std::string keys() {
  std::string text = "| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const config::ConfigKey &key : config::error_def().keys()) {
    const std::string value = to_text(*key.default_value);
    text += "| `" + key.name + "` | " + std::string(name_of(key.type)) + " | " +
            (value.empty() ? "none" : "`" + value + "`") + " | " + key.documentation + " |\n";
  }
  return text;
}

std::string stages() {
  std::string text = "| stage | class |\n|---|---|\n";
  const std::pair<ErrorStage, std::string_view> kStages[] = {
      {ErrorStage::KeyConverter, "the converter"},
      {ErrorStage::ValueConverter, "the converter"},
      {ErrorStage::HeaderConverter, "the converter"},
      {ErrorStage::Transformation, "the transform"},
      {ErrorStage::TaskPut, "`org.apache.kafka.connect.sink.SinkTask`: a record that the sink "
                            "reported"},
      {ErrorStage::KafkaProduce, "`org.apache.kafka.connect.runtime.WorkerSourceTask`: a record "
                                 "that Kafka refused"}};
  for (const auto &[stage, class_name] : kStages)
    text.append("| `").append(name_of(stage)).append("` | ").append(class_name).append(" |\n");
  return text;
}

std::string headers() {
  std::vector<kafka::Header> made;
  ContextHeaders headers;
  const Error cause(Code::Data, "cause");
  headers.append({"orders", 3, 42, R"(["c",{"file":"/a"}])", R"({"position":7})"}, {"c", 0},
                 {ErrorStage::ValueConverter, "org.apache.kafka.connect.json.JsonConverter",
                  Error(cause).wrap(Code::Data, exception::kData, "what was wrong")},
                 made);
  std::string text = "| header | for example |\n|---|---|\n";
  for (const kafka::Header &header : made) {
    std::string value(header.value.text());
    for (std::size_t at = value.find('\n'); at != std::string::npos; at = value.find('\n'))
      value.replace(at, 1, at + 1 == value.size() ? "" : "` `");
    text.append("| `").append(header.name).append("` | `").append(value).append("` |\n");
  }
  return text;
}

// A test runs it.
constexpr const char *kExample = R"(The tolerance, tried without Kafka:

```sh
cat > records.jsonl <<'END'
{"id": "fails", "config": {"value.converter.schemas.enable": "false"}, "direction": "sink", "record": {"topic": "t", "partition": 0, "value": "{broken"}}
{"id": "is let pass", "config": {"value.converter.schemas.enable": "false", "errors.tolerance": "all"}, "direction": "sink", "record": {"topic": "t", "partition": 0, "value": "{broken"}}
END
sluice try --cases records.jsonl
```

```text
{"id":"fails","error":{"stage":"convert_in","class":"DataException","message":"Converting byte[] to Kafka Connect data failed due to serialization error: "}}
{"id":"is let pass","out":null}
```
)";

// The reference page, from the tables that validate and the code that writes headers.
std::string page() {
  return "# Records that fail\n\n"
         "Made from the tables that check connectors; a test compares the two. What differs from "
         "Kafka Connect is in\n[differences.md](../differences.md).\n\n"
         "A record fails in a converter, a transform, at Kafka, or because a sink reports it. An "
         "operation that asks to be\ntried again is, for `errors.retry.timeout`: after 300 ms, "
         "doubled each time; above `errors.retry.delay.max.ms`\npauses are random parts of it. "
         "Then the record is reported: to the log, and to the dead letter queue. Then "
         "the\ntolerance decides: with `none` the task fails, with `all` it goes on without the "
         "record.\n\n" +
         keys() + "\n" + kExample +
         "\n## The dead letter queue\n\n"
         "For sinks as in Kafka Connect; here for sources too. The topic is made when the task "
         "starts, with one partition.\nA letter of a sink is the record as it was read: key, "
         "value, headers, timestamp. One of a source is the record as the\nconnector gave it, "
         "through the connector's converters; what they refuse is written as it is, or as JSON "
         "with its\nschema, and a value that Kafka found too large is cut, with its size in "
         "`__connect.errors.value.size`.\n\n"
         "No offset is committed beyond a record whose letter is not stored. A letter that "
         "cannot be stored fails the task.\n\n"
         "With `errors.deadletterqueue.context.headers.enable` each letter has these headers "
         "behind its own; partition and\noffset where they are known, the two of sources there "
         "only:\n\n" +
         headers() + "\n## Where records fail\n\n" + stages() +
         "\n## What became of every record\n\n"
         "Each task counts: in = out + filtered + dead-lettered + skipped + returned, once "
         "nothing is on its way. *Filtered* were\ndropped by a transform, *skipped* failed and "
         "were let pass without a letter, *returned* were not processed (the task\nended, or "
         "its partitions went elsewhere) and are read again.\n";
}

TEST(ErrorsReference, PageEqualsTheTables) {
  if (std::getenv("SLUICE_UPDATE_DOCS") != nullptr)
    std::ofstream(kFile, std::ios::binary) << page();
  std::ifstream in(kFile, std::ios::binary);
  const std::string stored{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(stored, page()) << "run runtime_test with SLUICE_UPDATE_DOCS=1 and look at the change";
}

} // namespace
} // namespace host::runtime
