// docs/reference/transforms.md and predicates.md are made from the tables that chains are checked
// with; what the examples give is what the transforms did.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "host/json/parse.h"
#include "host/transform/catalog.h"
#include "tests/unit/transform/case_runner.h"

namespace tests {
namespace {

using namespace host;
using config::ConfigKey;

constexpr const char *kFolder = SLUICE_SOURCE_DIR "/docs/reference/";

// A transform's settings and a record without schema, to show what it does.
struct Example {
  std::string_view name;
  std::vector<std::pair<std::string, std::string>> keys;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

const std::vector<Example> &examples() {
  static const std::vector<Example> all{
      {"Cast", {{"spec", "id:string,price:int32"}}, "", R"({"id":7,"price":2.9})", {}},
      {"DropHeaders", {{"headers", "trace"}}, "", R"({"id":7})", {{"trace", "x"}, {"tag", "y"}}},
      {"ExtractField",
       {{"field", "after.`a.b`"}, {"field.syntax.version", "V2"}},
       "",
       R"({"after":{"a.b":{"id":7}}})",
       {}},
      {"Filter", {}, "", R"({"id":7})", {}},
      {"Flatten", {{"delimiter", "_"}}, "", R"({"id":7,"who":{"name":{"first":"Ada"}}})", {}},
      {"HeaderFrom",
       {{"fields", "trace"}, {"headers", "trace-id"}, {"operation", "move"}},
       "",
       R"({"id":7,"trace":"x"})",
       {}},
      {"HoistField", {{"field", "line"}}, "", R"("some text")", {}},
      {"InsertField",
       {{"topic.field", "topic"}, {"static.field", "site"}, {"static.value", "north"}},
       "",
       R"({"id":7})",
       {}},
      {"InsertHeader", {{"header", "tag"}, {"value.literal", "blue"}}, "", R"({"id":7})", {}},
      {"MaskField", {{"fields", "card,pin"}}, "", R"({"id":7,"card":"4111","pin":1234})", {}},
      {"RegexRouter",
       {{"regex", "(.*)-orders"}, {"replacement", "orders.$1"}},
       "",
       R"({"id":7})",
       {}},
      {"ReplaceField",
       {{"exclude", "pin"}, {"renames", "id:order"}},
       "",
       R"({"id":7,"pin":1234})",
       {}},
      {"SetSchemaMetadata",
       {{"schema.name", "shop.Order"}, {"schema.version", "2"}},
       "",
       R"({"schema":{"type":"struct","fields":[{"field":"id","type":"int64"}]},"payload":{"id":7}})",
       {}},
      {"TimestampConverter",
       {{"field", "at"}, {"target.type", "string"}, {"format", "yyyy-MM-dd HH:mm:ss"}},
       "",
       R"({"id":7,"at":1700000000123})",
       {}},
      {"TimestampRouter", {{"timestamp.format", "yyyy-MM"}}, "", R"({"id":7})", {}},
      {"ValueToKey", {{"fields", "id"}}, "", R"({"id":7,"name":"Ada"})", {}},
  };
  return all;
}

std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

std::string default_of(const ConfigKey &key) {
  if (key.required())
    return "required";
  if (config::is_null(*key.default_value))
    return "none";
  const std::string text = config::to_text(*key.default_value);
  return text.empty() ? "empty" : "`" + text + "`";
}

std::string table(const config::ConfigDef &def) {
  if (def.keys().empty())
    return "\nIt has no keys.\n";
  std::string text = "\n| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const ConfigKey &key : def.keys())
    text += "| `" + key.name + "` | " + std::string(name_of(key.type)) + " | " + default_of(key) +
            " | " + cell(key.documentation) + " |\n";
  return text;
}

std::string class_of(const transform::TransformPage &page) {
  return "org.apache.kafka.connect.transforms." + std::string(page.name) +
         (page.has_parts ? "$Value" : "");
}

json::Value case_of(const transform::TransformPage &page, const Example &example) {
  const bool schema = example.value.find("\"schema\"") != std::string::npos;
  json::Value config =
      json::Value::object({{"key.converter.schemas.enable", "false"},
                           {"value.converter.schemas.enable", schema ? "true" : "false"},
                           {"transforms", "a"},
                           {"transforms.a.type", class_of(page)}});
  for (const auto &[key, value] : example.keys)
    config.set("transforms.a." + key, value);
  json::Value headers = json::Value::array();
  for (const auto &[name, value] : example.headers)
    headers.push(json::Value::array({json::Value(name), json::Value(value)}));
  return json::Value::object({{"config", std::move(config)},
                              {"record", json::Value::object({{"topic", "north-orders"},
                                                              {"partition", 0},
                                                              {"timestamp", 1700000000123},
                                                              {"key", nullptr},
                                                              {"value", example.value},
                                                              {"headers", std::move(headers)}})}});
}

std::string row(std::string_view what, std::string_view before, std::string_view after) {
  std::string text = "| ";
  text.append(what).append(" | `").append(before).append("` | ");
  return text.append(after.empty() ? "" : "`").append(after).append(after.empty() ? "" : "`") +
         " |\n";
}

// What a record was and became; what stayed is left out.
std::string shown(const transform::TransformPage &page, const Example &example) {
  const json::Value test_case = case_of(page, example);
  const json::Value result = CaseRunner(test_case).run();
  std::string text = "\n```properties\ntransforms=a\ntransforms.a.type=" + class_of(page) + "\n";
  for (const auto &[key, value] : example.keys)
    text.append("transforms.a.").append(key).append("=").append(value) += '\n';
  text += "```\n";
  const json::Value *out = result.find("out");
  if (out == nullptr)
    return text + "\n" + json::to_text(result) + "\n";
  text += "\n| | before | after |\n|---|---|---|\n";
  if (out->is_null())
    return text + row("value", example.value, "") + "\nThe record is gone.\n";
  const json::Value &before = *test_case.find("record");
  for (const char *part : {"topic", "key", "value", "headers"}) {
    const json::Value &was = *before.find(part);
    const json::Value &is = *out->find(part);
    if (was != is)
      text += row(part, was.is_string() ? std::string(was.text()) : json::to_text(was),
                  is.is_string() ? std::string(is.text()) : json::to_text(is));
  }
  return text;
}

std::string section(const transform::TransformPage &page) {
  const std::string full = "org.apache.kafka.connect.transforms." + std::string(page.name);
  std::string text = "\n## " + std::string(page.name) + "\n\n";
  text += page.has_parts ? "`" + full + "$Key`, `" + full + "$Value`"
                         : "`" + full + "`, short `" + std::string(page.name) + "`";
  text += "\n\n" + std::string(page.summary) + "\n" + table(page.keys());
  for (const Example &example : examples())
    if (example.name == page.name)
      text += shown(page, example);
  return text;
}

constexpr const char *kTransforms =
    R"(# Transforms

Made from the tables that check them; the results below are what they did. `transforms` names the steps that
each record of a connector goes through, in order; the settings of a step stand behind `transforms.` and its name.
`transforms.NAME.type` is its class; those for keys and values come as `…$Key` and `…$Value`, which have no
short name. `transforms.NAME.predicate` names a [predicate](predicates.md): the step then works only on records
that it holds for, or, with `transforms.NAME.negate=true`, on the others.

A record that a transform cannot process fails as in Kafka Connect, with the same class and message; what then
becomes of it is said by `errors.tolerance`. Transforms see a struct where the converter gave a schema, else a map.
)";

constexpr const char *kTransformExample = R"(
## Try them

`sluice try` runs records through a connector's converters and transforms, without Kafka:

```sh
cat > orders.json <<'END'
{
  "name": "orders",
  "connector.class": "FileStreamSink",
  "topics": "orders",
  "value.converter": "org.apache.kafka.connect.json.JsonConverter",
  "value.converter.schemas.enable": "false",
  "transforms": "cast,key,route",
  "transforms.cast.type": "org.apache.kafka.connect.transforms.Cast$Value",
  "transforms.cast.spec": "id:int32",
  "transforms.key.type": "ValueToKey",
  "transforms.key.fields": "id",
  "transforms.route.type": "RegexRouter",
  "transforms.route.regex": "(.*)s",
  "transforms.route.replacement": "$1"
}
END
cat > orders.jsonl <<'END'
{"partition": 0, "value": {"id": "7", "name": "Ada"}}
{"value": {"id": "seven"}}
END
sluice try --config orders.json --input orders.jsonl --json || echo "exit status $?"
```

```text
{"id":1,"out":{"topic":"order","partition":0,"timestamp":null,"key":"{\"schema\":null,\"payload\":{\"id\":7}}","value":"{\"name\":\"Ada\",\"id\":7}","headers":[]}}
{"id":2,"error":{"stage":"transform","class":"DataException","message":"Value (seven) was out of range for requested data type"}}
exit status 1
```
)";

constexpr const char *kPredicates = R"(# Predicates

Made from the tables that check them. `predicates` lists names; `predicates.NAME.type` is a predicate's class, its
other settings stand beside it. [Transforms](transforms.md) refer to predicates by name.
)";

constexpr const char *kPredicateExample = R"(
## An example

Records without a value are left out, and only topics of the north are tagged:

```sh
cat > north.json <<'END'
{
  "name": "north",
  "connector.class": "FileStreamSink",
  "topics": "north",
  "value.converter": "org.apache.kafka.connect.storage.StringConverter",
  "key.converter": "org.apache.kafka.connect.storage.StringConverter",
  "transforms": "drop,tag",
  "transforms.drop.type": "Filter",
  "transforms.drop.predicate": "empty",
  "transforms.tag.type": "InsertHeader",
  "transforms.tag.header": "side",
  "transforms.tag.value.literal": "other",
  "transforms.tag.predicate": "northern",
  "transforms.tag.negate": "true",
  "predicates": "empty,northern",
  "predicates.empty.type": "RecordIsTombstone",
  "predicates.northern.type": "TopicNameMatches",
  "predicates.northern.pattern": "north.*"
}
END
cat > north.jsonl <<'END'
{"topic": "north-1", "partition": 0, "value": "a"}
{"topic": "south-1", "partition": 0, "value": "b"}
{"topic": "south-1", "partition": 0, "value": null}
END
sluice try --config north.json --input north.jsonl --json
```

```text
{"id":1,"out":{"topic":"north-1","partition":0,"timestamp":null,"key":null,"value":"a","headers":[]}}
{"id":2,"out":{"topic":"south-1","partition":0,"timestamp":null,"key":null,"value":"b","headers":[["side","other"]]}}
{"id":3,"out":null}
```
)";

std::string transforms_page() {
  std::string text = kTransforms;
  for (const transform::TransformPage *page : transform::transform_pages())
    text += section(*page);
  return text + kTransformExample;
}

std::string predicates_page() {
  std::string text = kPredicates;
  for (const transform::PredicatePage *page : transform::predicate_pages())
    text += "\n## " + std::string(page->name) +
            "\n\n`org.apache.kafka.connect.transforms.predicates." + std::string(page->name) +
            "`, short `" + std::string(page->name) + "`\n\n" + std::string(page->summary) + "\n" +
            table(page->keys());
  return text + kPredicateExample;
}

void compare(const std::string &name, const std::string &page) {
  const std::string path = kFolder + name;
  if (std::getenv("SLUICE_UPDATE_DOCS") != nullptr)
    std::ofstream(path, std::ios::binary) << page;
  std::ifstream in(path, std::ios::binary);
  const std::string stored{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(stored, page) << "run transform_test with SLUICE_UPDATE_DOCS=1 and look at the change";
}

TEST(TransformReference, PagesEqualTheTables) {
  compare("transforms.md", transforms_page());
  compare("predicates.md", predicates_page());
}

TEST(TransformReference, EveryTransformHasAnExample) {
  for (const transform::TransformPage *page : transform::transform_pages())
    EXPECT_EQ(std::count_if(examples().begin(), examples().end(),
                            [&](const Example &example) { return example.name == page->name; }),
              1)
        << page->name;
}

} // namespace
} // namespace tests
