// docs/reference/converters.md is made from the tables that converters are made and checked with.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "host/config/connector_config.h"
#include "host/data/charset.h"
#include "host/data/converter.h"

namespace host::data {
namespace {

constexpr const char *kFile = SLUICE_SOURCE_DIR "/docs/reference/converters.md";

// What a converter does, by its simple name; every one must be here.
std::string_view about(std::string_view name) {
  if (name == "JsonConverter")
    return "Structured data as JSON. With `schemas.enable` each text is an object of two members, "
           "`schema` and `payload`;\nwithout it, or with `schema.content`, it is the data alone. "
           "What has no schema comes out as maps, lists, 64-bit\nintegers and doubles. A null "
           "without a schema is a tombstone, no bytes at all.";
  if (name == "StringConverter")
    return "Text, in a character set of the table below. Anything that is not text is written as "
           "Java would print it:\n`{a=1}`, `[1, 2]`, `Struct{a=1}`. In UTF-8 bytes pass as they "
           "are.";
  if (name == "SimpleHeaderConverter")
    return "Header values as text that tells its own type; see below. Key and value converters "
           "convert headers too; this one\nconverts nothing else.";
  if (name == "ByteArrayConverter")
    return "Bytes as they are, untouched and uncopied.";
  if (name == "BooleanConverter")
    return "One byte, 0 or 1.";
  if (name == "ShortConverter")
    return "A 16-bit integer, big-endian.";
  if (name == "IntegerConverter")
    return "A 32-bit integer, big-endian.";
  if (name == "LongConverter")
    return "A 64-bit integer, big-endian.";
  if (name == "FloatConverter")
    return "A 32-bit floating-point number, big-endian.";
  return name == "DoubleConverter" ? "A 64-bit floating-point number, big-endian." : "";
}

std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

std::string default_of(const config::ConfigKey &key) {
  if (key.required())
    return "required";
  return config::is_null(*key.default_value) ? "none" : "`" + to_text(*key.default_value) + "`";
}

std::string section(const std::string &class_name) {
  const std::string simple = class_name.substr(class_name.rfind('.') + 1);
  const bool header = simple == "SimpleHeaderConverter";
  const std::string_view suffix =
      header ? config::kHeaderConverterSuffix : config::kConverterSuffix;
  std::string text = "\n## " + simple + "\n\n`" + class_name + "`, short `" + simple + "` or `" +
                     simple.substr(0, simple.size() - suffix.size()) + "`\n\n" +
                     std::string(about(simple)) + "\n";
  std::string rows;
  const auto def = config::converter_def(class_name);
  for (const config::ConfigKey &key : def->keys())
    if (key.name != "converter.type")
      rows += "| `" + key.name + "` | " + std::string(name_of(key.type)) + " | " + default_of(key) +
              " | " + cell(key.documentation) + " |\n";
  if (!rows.empty())
    text += "\n| key | type | default | meaning |\n|---|---|---|---|\n" + rows;
  return text;
}

constexpr const char *kIntroduction =
    R"(# Converters

Made from the tables that converters are checked with; a test compares the two. `key.converter`,
`value.converter` and `header.converter` name a class, in a worker's or a connector's configuration; the class's
own keys stand behind that name: `value.converter.schemas.enable`. A connector that names a class takes none of
the worker's keys for it. Every converter also has the key `converter.type`, which the worker sets.

A record that cannot be converted fails as in Kafka Connect, with the same class and message:
`org.apache.kafka.connect.errors.DataException`. What becomes of it is said by `errors.tolerance`.
)";

constexpr const char *kHeaders = R"(
## What SimpleHeaderConverter reads

| text | is |
|---|---|
| `null` | null |
| `true`, `false` | a boolean |
| `42`, `-7`, `1.0`, `1e3` | the smallest integer type that holds it; beyond 64 bits a Decimal |
| `1.5`, `1e-7` | a float, a double if that is infinite, else a Decimal |
| `2020-01-02`, `10:11:12.345Z`, `2020-01-02T10:11:12.345Z` | a Date, a Time, a Timestamp, in UTC |
| `[1,2.5]`, `["a","b"]` | an array; its numbers become the widest type among them |
| `{"a":1,"b":2}` | a map |
| anything else | a string, as it stands |

Only the first word counts for numbers, so `3,4` is 3 and `8080:x` is 8080, and `007` comes back as `7`. Those
who want text as it is use StringConverter for headers.
)";

constexpr const char *kExample = R"(
## An example

```sh
cat > people.json <<'END'
{
  "name": "people",
  "connector.class": "FileStreamSink",
  "topics": "people",
  "key.converter": "org.apache.kafka.connect.storage.StringConverter",
  "value.converter": "org.apache.kafka.connect.json.JsonConverter"
}
END
cat > people.jsonl <<'END'
{"key": "1", "value": {"schema": {"type": "struct", "fields": [{"type": "string", "field": "name"}, {"type": "int32", "default": 7, "field": "n"}]}, "payload": {"name": "Ada"}}}
{"key": "2", "value": {"name": "Grace"}}
END
sluice try --config people.json --input people.jsonl --json || echo "exit status $?"
```

```text
{"id":1,"out":{"topic":"people","partition":0,"timestamp":null,"key":"1","value":"{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"string\",\"optional\":false,\"field\":\"name\"},{\"type\":\"int32\",\"optional\":false,\"default\":7,\"field\":\"n\"}],\"optional\":false},\"payload\":{\"name\":\"Ada\",\"n\":7}}","headers":[]}}
{"id":2,"error":{"stage":"convert_in","class":"DataException","message":"JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and may not contain additional fields. If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration."}}
exit status 1
```
)";

std::string charsets() {
  std::string text = "\n## Character sets\n\nThe values of `converter.encoding`, and of "
                     "`serializer.encoding` and `deserializer.encoding` behind `key.` or "
                     "`value.`, which win over it.\nUpper or lower case. Those beyond Unicode, "
                     "Latin-1 and ASCII need the C library's converters (Debian has them).\n\n"
                     "| name | aliases |\n|---|---|\n";
  for (const CharsetName &set : charset_names()) {
    std::string_view aliases = set.aliases.substr(1, set.aliases.size() - 2);
    aliases.remove_prefix(std::min(aliases.find(' ') + 1, aliases.size())); // the name itself
    if (set.aliases.find(' ', 1) + 1 == set.aliases.size())
      aliases = {};
    text.append("| `").append(set.name).append("` | ");
    while (!aliases.empty()) {
      const std::size_t end = std::min(aliases.find(' '), aliases.size());
      text.append("`").append(aliases.substr(0, end)).append("`");
      aliases.remove_prefix(std::min(end + 1, aliases.size()));
      text += aliases.empty() ? "" : ", ";
    }
    text += " |\n";
  }
  return text;
}

std::string page() {
  std::string text = kIntroduction;
  for (const config::PluginName &plugin : config::builtin_header_converters())
    text += section(plugin.class_name);
  return text + kHeaders + kExample + charsets();
}

TEST(ConverterReference, PageEqualsTheTables) {
  for (const config::PluginName &plugin : config::builtin_header_converters())
    EXPECT_FALSE(about(plugin.class_name.substr(plugin.class_name.rfind('.') + 1)).empty())
        << plugin.class_name;
  if (std::getenv("SLUICE_UPDATE_DOCS") != nullptr)
    std::ofstream(kFile, std::ios::binary) << page();
  std::ifstream in(kFile, std::ios::binary);
  const std::string stored{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(stored, page()) << "run data_test with SLUICE_UPDATE_DOCS=1 and look at the change";
}

TEST(ConverterReference, EveryCharacterSetIsThere) {
  for (const CharsetName &set : charset_names())
    EXPECT_TRUE(Charset::find(set.name).has_value()) << set.name;
}

} // namespace
} // namespace host::data
