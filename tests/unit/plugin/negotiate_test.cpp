#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/plugin/tables_fixture.h"

namespace host::plugin::test {
namespace {

using ::testing::HasSubstr;

std::string refusal(const InMemoryPlugin &plugin) {
  const auto result = plugin.negotiated();
  return result ? std::string("(accepted)") : result.error().message();
}

TEST(Negotiate, TakesDescriptionAsData) {
  InMemoryPlugin plugin;
  const auto result = plugin.negotiated();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->descriptor.class_name, "test.TapeSourceConnector");
  EXPECT_EQ(result->descriptor.task_class_name, "test.TapeSourceTask");
  EXPECT_EQ(result->descriptor.kind, Kind::Source);
  EXPECT_EQ(result->descriptor.version, "1.0");
  EXPECT_EQ(result->descriptor.plugin_name, "test");
}

TEST(Negotiate, TaskClassNameOfThePluginWins) {
  InMemoryPlugin plugin;
  plugin.desc.task_class_name = str("test.Worker");
  EXPECT_EQ(plugin.negotiated()->descriptor.task_class_name, "test.Worker");
  plugin.desc.task_class_name = {nullptr, 0};
  plugin.desc.class_name = str("test.Connector.FooConnector");
  EXPECT_EQ(plugin.negotiated()->descriptor.task_class_name, "test.Connector.FooTask");
  plugin.desc.class_name = str("test.Foo");
  EXPECT_EQ(plugin.negotiated()->descriptor.task_class_name, "test.FooTask");
}

TEST(Negotiate, NamesEachMissingRequiredSlot) {
  const auto missing = [](std::int32_t kind, auto clear) {
    InMemoryPlugin plugin(kind);
    clear(plugin);
    return refusal(plugin);
  };
  const auto source = SLUICE_KIND_SOURCE;
  const auto sink = SLUICE_KIND_SINK;
  const std::string prefix = "test.TapeSourceConnector: required function ";
  EXPECT_EQ(missing(source, [](auto &p) { p.object.create = nullptr; }),
            prefix + "connector.create is missing");
  EXPECT_EQ(missing(source, [](auto &p) { p.object.destroy = nullptr; }),
            prefix + "connector.destroy is missing");
  EXPECT_EQ(missing(source, [](auto &p) { p.object.start = nullptr; }),
            prefix + "connector.start is missing");
  EXPECT_EQ(missing(source, [](auto &p) { p.object.task_configs = nullptr; }),
            prefix + "connector.task_configs is missing");
  EXPECT_EQ(missing(source, [](auto &p) { p.source.create = nullptr; }),
            prefix + "source.create is missing");
  EXPECT_EQ(missing(source, [](auto &p) { p.source.destroy = nullptr; }),
            prefix + "source.destroy is missing");
  EXPECT_EQ(missing(source, [](auto &p) { p.source.start = nullptr; }),
            prefix + "source.start is missing");
  EXPECT_EQ(missing(source, [](auto &p) { p.source.poll = nullptr; }),
            prefix + "source.poll is missing");
  EXPECT_EQ(missing(sink, [](auto &p) { p.sink.create = nullptr; }),
            prefix + "sink.create is missing");
  EXPECT_EQ(missing(sink, [](auto &p) { p.sink.destroy = nullptr; }),
            prefix + "sink.destroy is missing");
  EXPECT_EQ(missing(sink, [](auto &p) { p.sink.start = nullptr; }),
            prefix + "sink.start is missing");
  EXPECT_EQ(missing(sink, [](auto &p) { p.sink.put = nullptr; }), prefix + "sink.put is missing");
}

TEST(Negotiate, MissingTablesAndTheWrongOne) {
  InMemoryPlugin no_object;
  no_object.desc.connector = nullptr;
  EXPECT_THAT(refusal(no_object), HasSubstr("the connector table is missing"));
  InMemoryPlugin other_kind(SLUICE_KIND_SOURCE);
  other_kind.desc.kind = SLUICE_KIND_SINK;
  EXPECT_THAT(refusal(other_kind), HasSubstr("the sink task table is missing"));
  InMemoryPlugin no_config;
  no_config.desc.config = nullptr;
  EXPECT_THAT(refusal(no_config), HasSubstr("the config definition is missing"));
}

// A plugin of an older header: its table ends before the slots that came later.
TEST(Negotiate, ShorterTableGetsStubs) {
  InMemoryPlugin plugin;
  plugin.source.struct_size = SLUICE_END(sluice_source_task_vtbl, poll);
  plugin.source.wake = [](void *) { FAIL() << "a slot beyond struct_size was called"; };
  const auto result = plugin.negotiated();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_FALSE(result->tables->has_wake);
  EXPECT_FALSE(result->tables->has_commit);
  result->tables->source.wake(nullptr);
  EXPECT_EQ(result->tables->source.commit(nullptr, nullptr), SLUICE_OK);
}

TEST(Negotiate, TooShortATableLosesARequiredSlot) {
  InMemoryPlugin plugin;
  plugin.source.struct_size = SLUICE_END(sluice_source_task_vtbl, start);
  EXPECT_THAT(refusal(plugin), HasSubstr("source.poll is missing"));
}

TEST(Negotiate, LongerTableIsCutOff) {
  struct {
    sluice_source_task_vtbl known;
    unsigned char later[256];
  } longer;
  InMemoryPlugin plugin;
  longer.known = plugin.source;
  std::memset(longer.later, 0xee, sizeof longer.later);
  longer.known.struct_size = sizeof longer;
  plugin.desc.source = &longer.known;
  const auto result = plugin.negotiated();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->tables->source.struct_size, sizeof(sluice_source_task_vtbl));
}

TEST(Negotiate, ImpossibleSizes) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{1} << 40}) {
    InMemoryPlugin plugin;
    plugin.source.struct_size = size;
    EXPECT_EQ(refusal(plugin), "test.TapeSourceConnector: the source task table has an impossible "
                               "struct_size of " +
                                   std::to_string(size));
  }
}

TEST(Negotiate, OptionalSlotsHaveDocumentedDefaults) {
  InMemoryPlugin plugin;
  const auto result = plugin.negotiated();
  ASSERT_TRUE(result);
  const auto &object = result->tables->object;
  std::int32_t answer = -1;
  EXPECT_EQ(object.exactly_once_support(nullptr, nullptr, 0, &answer, nullptr), SLUICE_OK);
  EXPECT_EQ(answer, SLUICE_EXACTLY_ONCE_UNSUPPORTED);
  EXPECT_EQ(object.can_define_transactions(nullptr, nullptr, 0, &answer, nullptr), SLUICE_OK);
  EXPECT_EQ(answer, 0);
  EXPECT_EQ(object.stop(nullptr, nullptr), SLUICE_OK);
  object.cancel(nullptr);
}

TEST(Negotiate, WrongKindFormsAndNames) {
  InMemoryPlugin kind;
  kind.desc.kind = 0;
  EXPECT_THAT(refusal(kind), HasSubstr("kind 0 is not known"));
  InMemoryPlugin forms;
  forms.desc.forms = 0x80;
  EXPECT_THAT(refusal(forms), HasSubstr("forms 0x80 names no form"));
  InMemoryPlugin nameless;
  nameless.desc.class_name = {nullptr, 0};
  EXPECT_THAT(refusal(nameless), HasSubstr("has no class_name"));
  InMemoryPlugin spaced;
  spaced.desc.class_name = str("a b");
  EXPECT_THAT(refusal(spaced), HasSubstr("holds a space"));
}

TEST(ConfigDef, CarriesEverythingAKeySays) {
  const sluice_str values[] = {str("a"), str("b")};
  const sluice_str dependents[] = {str("other")};
  sluice_validator one_of = {};
  one_of.struct_size = sizeof one_of;
  one_of.kind = SLUICE_VALIDATOR_ONE_OF_NOCASE;
  one_of.values = values;
  one_of.n_values = 2;
  sluice_validator range = {};
  range.struct_size = sizeof range;
  range.kind = SLUICE_VALIDATOR_RANGE;
  range.flags = SLUICE_RANGE_HAS_MIN;
  range.min_int = 1;
  range.next = &one_of;
  sluice_config_key key = {};
  key.struct_size = sizeof key;
  key.name = str("batch.size");
  key.type = SLUICE_CONFIG_INT;
  key.importance = SLUICE_IMPORTANCE_LOW;
  key.default_value = str("2000");
  key.group = str("Reading");
  key.order_in_group = 2;
  key.dependents = dependents;
  key.n_dependents = 1;
  key.validator = &range;
  InMemoryPlugin plugin;
  plugin.keys = {&key};
  plugin.config.keys = plugin.keys.data();
  plugin.config.n_keys = 1;
  const auto result = plugin.negotiated();
  ASSERT_TRUE(result) << result.error().message();
  KeyDef expected;
  expected.name = expected.display_name = "batch.size";
  expected.type = KeyType::Int;
  expected.importance = Importance::Low;
  expected.width = Width::None;
  expected.order_in_group = 2;
  expected.default_value = "2000";
  expected.group = "Reading";
  expected.dependents = {"other"};
  Validator expected_range;
  expected_range.kind = Validator::Kind::Range;
  expected_range.min = 1;
  Validator expected_one_of;
  expected_one_of.kind = Validator::Kind::OneOfNoCase;
  expected_one_of.values = {"a", "b"};
  expected.validators = {expected_range, expected_one_of};
  ASSERT_EQ(result->descriptor.keys.size(), 1u);
  EXPECT_EQ(result->descriptor.keys[0], expected);
  EXPECT_FALSE(result->descriptor.keys[0].required());
}

TEST(ConfigDef, RefusesWhatCannotBeRead) {
  sluice_config_key key = {};
  key.struct_size = sizeof key;
  key.name = str("k");
  key.type = SLUICE_CONFIG_STRING;
  key.importance = SLUICE_IMPORTANCE_HIGH;
  InMemoryPlugin plugin;
  plugin.keys = {&key, &key};
  plugin.config.keys = plugin.keys.data();
  plugin.config.n_keys = 2;
  EXPECT_THAT(refusal(plugin), HasSubstr("key 'k' is defined twice"));
  plugin.config.n_keys = 1;
  key.type = 77;
  EXPECT_THAT(refusal(plugin), HasSubstr("key 'k': type 77 is not known"));
  key.type = SLUICE_CONFIG_STRING;
  key.importance = 0;
  EXPECT_THAT(refusal(plugin), HasSubstr("key 'k': importance 0 is not known"));
  key.importance = SLUICE_IMPORTANCE_HIGH;
  key.name = {nullptr, 0};
  EXPECT_THAT(refusal(plugin), HasSubstr("config key 0 has no name"));
  plugin.keys = {nullptr};
  plugin.config.keys = plugin.keys.data();
  EXPECT_THAT(refusal(plugin), HasSubstr("config key 0 is missing"));
  plugin.config.keys = nullptr;
  EXPECT_THAT(refusal(plugin), HasSubstr("speaks of 1 keys and has none"));
}

TEST(ConfigDef, ValidatorsThatBiteTheirTail) {
  sluice_validator loop = {};
  loop.struct_size = sizeof loop;
  loop.kind = SLUICE_VALIDATOR_NON_EMPTY;
  loop.next = &loop;
  sluice_config_key key = {};
  key.struct_size = sizeof key;
  key.name = str("k");
  key.type = SLUICE_CONFIG_STRING;
  key.importance = SLUICE_IMPORTANCE_HIGH;
  key.validator = &loop;
  InMemoryPlugin plugin;
  plugin.keys = {&key};
  plugin.config.keys = plugin.keys.data();
  plugin.config.n_keys = 1;
  EXPECT_THAT(refusal(plugin), HasSubstr("its chain of validators does not end"));
}

} // namespace
} // namespace host::plugin::test
