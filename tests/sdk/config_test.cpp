#include "sluice/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sluice/secret.hpp"

namespace {

using ::testing::ElementsAre;

inline constexpr sluice::key<std::string> kName{
    .name = "name", .doc = "A name", .must_be = sluice::non_empty()};
inline constexpr sluice::key<std::optional<std::string>> kFile{.name = "file"};
inline constexpr sluice::key<std::int32_t> kCount{
    .name = "count", .by_default = -20, .must_be = sluice::between(-20, 100)};
inline constexpr sluice::key<std::int16_t> kShort{.name = "short", .by_default = std::int16_t{7}};
inline constexpr sluice::key<std::int64_t> kLong{.name = "long", .by_default = INT64_MIN};
inline constexpr sluice::key<double> kRatio{.name = "ratio", .by_default = "0.5"};
inline constexpr sluice::key<bool> kSwitch{.name = "switch", .by_default = true};
inline constexpr sluice::key<std::vector<std::string>> kList{.name = "list", .by_default = ""};
inline constexpr sluice::key<sluice::secret> kPassword{.name = "password"};
inline constexpr sluice::key<std::string> kMode{.name = "mode",
                                                .by_default = "fast",
                                                .importance = sluice::importance::low,
                                                .must_be = sluice::one_of("fast", "safe"),
                                                .group = "Modes",
                                                .order_in_group = 1,
                                                .display_name = "The mode",
                                                .width = sluice::width::wide};
inline constexpr auto &kKeys =
    sluice::keys<kName, kFile, kCount, kShort, kLong, kRatio, kSwitch, kList, kPassword, kMode>;

sluice::config config_of(std::string_view key, std::string_view value) {
  sluice::config settings;
  settings.set(key, value);
  return settings;
}

template <class T> std::string refusal(const sluice::key<T> &key, std::string_view value) {
  try {
    config_of(key.name, value)[key];
    return "accepted";
  } catch (const sluice::config_error &refused) {
    return refused.what();
  }
}

TEST(Config, DefaultsApply) {
  const sluice::config none;
  EXPECT_EQ(none[kCount], -20);
  EXPECT_EQ(none[kShort], 7);
  EXPECT_EQ(none[kLong], INT64_MIN);
  EXPECT_EQ(none[kRatio], 0.5);
  EXPECT_TRUE(none[kSwitch]);
  EXPECT_TRUE(none[kList].empty());
  EXPECT_EQ(none[kMode], "fast");
  EXPECT_EQ(none[kFile], std::nullopt);
  EXPECT_THROW(none[kName], sluice::config_error);
}

TEST(Config, TextIsReadAsKafkaReadsIt) {
  EXPECT_EQ(config_of("name", " x y\t")[kName], "x y");
  EXPECT_EQ(config_of("count", " +17 ")[kCount], 17);
  EXPECT_EQ(config_of("switch", " False")[kSwitch], false);
  EXPECT_EQ(config_of("ratio", "-1.5e3")[kRatio], -1500);
  EXPECT_THAT(config_of("list", "a , b,,c")[kList], ElementsAre("a", "b", "", "c"));
  EXPECT_EQ(config_of("password", "hunter2")[kPassword].reveal(), "hunter2");
  EXPECT_EQ(config_of("file", "")[kFile], "");
}

TEST(Config, RefusalsAreInKafkasWords) {
  EXPECT_EQ(refusal(kCount, "1x"),
            "Invalid value 1x for configuration count: Not a number of type INT");
  EXPECT_EQ(refusal(kCount, "+-1"),
            "Invalid value +-1 for configuration count: Not a number of type INT");
  EXPECT_EQ(refusal(kShort, "40000"),
            "Invalid value 40000 for configuration short: Not a number of type SHORT");
  EXPECT_EQ(refusal(kLong, ""), "Invalid value  for configuration long: Not a number of type LONG");
  EXPECT_EQ(refusal(kRatio, "x"),
            "Invalid value x for configuration ratio: Not a number of type DOUBLE");
  EXPECT_EQ(refusal(kCount, "-21"),
            "Invalid value -21 for configuration count: Value must be at least -20");
  EXPECT_EQ(refusal(kCount, "101"),
            "Invalid value 101 for configuration count: Value must be no more than 100");
  EXPECT_EQ(refusal(kSwitch, "1"),
            "Invalid value 1 for configuration switch: Expected value to be either true or false");
  EXPECT_EQ(refusal(kName, " "), "Invalid value  for configuration name: String must be non-empty");
  EXPECT_EQ(refusal(kMode, "slow"),
            "Invalid value slow for configuration mode: String must be one of: fast, safe");
}

const sluice_config_key &table_of(std::string_view name) {
  for (std::size_t i = 0; i < kKeys.n_keys; ++i)
    if (sluice::view(kKeys.keys[i]->name) == name)
      return *kKeys.keys[i];
  throw std::runtime_error("no such key");
}

TEST(KeyTable, IsMadeOfTheSameObjects) {
  EXPECT_EQ(kKeys.n_keys, 10U);
  const sluice_config_key &mode = table_of("mode");
  EXPECT_EQ(mode.type, SLUICE_CONFIG_STRING);
  EXPECT_EQ(mode.importance, SLUICE_IMPORTANCE_LOW);
  EXPECT_EQ(mode.width, SLUICE_WIDTH_LONG);
  EXPECT_EQ(mode.order_in_group, 1);
  EXPECT_EQ(sluice::view(mode.group), "Modes");
  EXPECT_EQ(sluice::view(mode.display_name), "The mode");
  EXPECT_EQ(sluice::view(mode.default_value), "fast");
  EXPECT_EQ(mode.validator->kind, SLUICE_VALIDATOR_ONE_OF);
  EXPECT_EQ(mode.validator->n_values, 2U);
  EXPECT_EQ(sluice::view(mode.validator->values[1]), "safe");
}

TEST(KeyTable, DefaultsAreText) {
  EXPECT_EQ(sluice::view(table_of("count").default_value), "-20");
  EXPECT_EQ(sluice::view(table_of("long").default_value), "-9223372036854775808");
  EXPECT_EQ(sluice::view(table_of("switch").default_value), "true");
  EXPECT_EQ(sluice::view(table_of("ratio").default_value), "0.5");
  EXPECT_NE(table_of("list").default_value.ptr, nullptr) << "an empty default is one";
  EXPECT_EQ(table_of("name").default_value.ptr, nullptr);
  EXPECT_EQ(table_of("name").flags, 0U);
  EXPECT_EQ(table_of("file").flags, SLUICE_KEY_OPTIONAL);
  EXPECT_EQ(table_of("password").type, SLUICE_CONFIG_PASSWORD);
}

TEST(Secret, CannotBeFormattedOrStreamed) {
  static_assert(!sluice::formattable<sluice::secret>);
  static_assert(sluice::formattable<std::string>);
  const auto streams = [](auto &out, const auto &value) {
    return requires { out << value; };
  };
  std::ostringstream out;
  EXPECT_FALSE(streams(out, sluice::secret("x")));
  EXPECT_TRUE(streams(out, std::string("x")));
}

} // namespace
