// Values of a ConfigDef: the first byte chooses a type, the rest is the text. A definition with
// every type and the usual validators takes the same text for all its keys.
#include <array>
#include <string>

#include "host/config/config_def.h"
#include "host/config/key_builder.h"
#include "host/config/parse.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace host::config;

constexpr std::array kTypes{Type::Boolean, Type::String, Type::Int,   Type::Short,   Type::Long,
                            Type::Double,  Type::List,   Type::Class, Type::Password};

ConfigDef definition() {
  ConfigDef def;
  for (const Type type : kTypes)
    def.define(required("key" + std::to_string(static_cast<int>(type)), type));
  def.define(text("one", "a").check(one_of({"a", "b"})));
  def.define(text("nocase", "A").check(one_of_nocase({"A", "B"})));
  def.define(text("regex", "a").check(valid_regex()));
  def.define(text("range", "1").check(version_range()));
  def.define(text("name", "a").check(non_empty_without_control_chars()));
  def.define(nullable("aliases", Type::List).check(unique_aliases()));
  def.define(nullable("list", Type::List).check(valid_list()));
  return def;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static const ConfigDef def = definition();
  if (size == 0)
    return 0;
  const Type type = kTypes[data[0] % kTypes.size()];
  const std::string text(fuzz::text(data + 1, size - 1));
  const auto value = parse_value("key", text, type);
  fuzz::require(value.has_value() || !value.error().message().empty(), "an error says something");
  host::StringMap config;
  for (const ConfigKey &key : def.keys())
    config.set(key.name, text);
  const auto parsed = def.parse(config);
  bool faultless = true;
  for (const ConfigValue &checked : def.validate(config))
    faultless &= checked.errors.empty();
  fuzz::require(parsed.has_value() == faultless, "parse and validate agree");
  return 0;
}
