#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/plugin/descriptor.h"

namespace host::plugin {
namespace {

using ::testing::HasSubstr;

Descriptor full() {
  Descriptor descriptor;
  descriptor.class_name = "a.FooSinkConnector";
  descriptor.task_class_name = "a.FooSinkTask";
  descriptor.kind = Kind::Sink;
  descriptor.forms = kFormBytes | kFormValue;
  descriptor.version = "1.2";
  descriptor.summary = "Writes \"foo\".\n";
  descriptor.plugin_name = "foo";
  descriptor.plugin_version = "1.2.3";
  descriptor.license = "Apache-2.0";
  descriptor.build = "abc";
  KeyDef key;
  key.name = "file";
  key.display_name = "File";
  key.optional = true;
  key.doc = "Größe 😀";
  Validator range;
  range.kind = Validator::Kind::Range;
  range.min = INT64_MIN;
  range.max_real = 0.5;
  Validator pattern;
  pattern.kind = Validator::Kind::Pattern;
  pattern.pattern = "[a-z]+";
  key.validators = {range, pattern};
  KeyDef other;
  other.name = "mode";
  other.type = KeyType::Password;
  other.importance = Importance::High;
  other.width = Width::Long;
  other.default_value = "";
  other.dependents = {"file"};
  other.internal = true;
  descriptor.keys = {key, other};
  return descriptor;
}

TEST(Descriptor, SurvivesJson) {
  const std::vector<Descriptor> both = {full(), Descriptor{}};
  const auto back = decode(encode(both));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(*back, both);
}

TEST(Descriptor, FaultsNameTheMember) {
  const auto fault = [](std::string_view text) {
    const auto result = decode(text);
    return result ? std::string("(accepted)") : result.error().message();
  };
  EXPECT_THAT(fault("{}"), HasSubstr("must be a JSON array"));
  EXPECT_THAT(fault("[{}]"), HasSubstr("class"));
  std::string text = encode({full()});
  text.replace(text.find("\"sink\""), 6, "\"gate\"");
  EXPECT_THAT(fault(text), HasSubstr("'kind' of a plugin description is 'gate'"));
  EXPECT_NE(fault("[{"), "(accepted)");
}

} // namespace
} // namespace host::plugin
