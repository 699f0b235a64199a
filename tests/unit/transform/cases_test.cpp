#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "host/json/parse.h"
#include "tests/unit/transform/case_runner.h"

namespace tests {
namespace {

using namespace host;

class Cases : public testing::TestWithParam<const char *> {};

// Nulls in a configuration are for the start of a whole task to refuse, and what else is in the JVM
// only it can know. `sluice try` has the list of all differences.
bool is_for_others(const json::Value &test_case) {
  for (const json::Member &member : test_case.find("config")->members())
    if (member.value.is_null() || member.value.text() == "java.lang.String")
      return true;
  return false;
}

// JDK 17 does not always print the shortest digits of a float.
bool same_but_for_digits(const json::Value &a, const json::Value &b) {
  const json::Value *out = a.find("out");
  const json::Value *other = b.find("out");
  if (out == nullptr || other == nullptr || !out->is_object() || !other->is_object())
    return false;
  for (const char *key : {"key", "value"}) {
    const auto left = json::parse(out->find(key)->text());
    const auto right = json::parse(other->find(key)->text());
    if (!left || !right || !left->contains("payload"))
      continue;
    const json::Value *x = left->find("payload");
    const json::Value *y = right->find("payload");
    for (const json::Value *payload : {x, y})
      if (payload->is_object() && payload->members().size() == 1)
        (payload == x ? x : y) = &payload->members()[0].value;
    if (x->is_number() && x->literal() != y->literal())
      return static_cast<float>(x->real().value()) == static_cast<float>(y->real().value());
  }
  return false;
}

// The released worker's own answers. What they contain of converters is checked too, but the whole
// path and all other cases are run through `sluice try`.
TEST_P(Cases, AreAnsweredAsByConnect) {
  const std::string path = std::string(SLUICE_ORACLE_CASES "/") + GetParam();
  std::ifstream cases(path + ".jsonl");
  std::ifstream golden(path + ".golden.jsonl");
  ASSERT_TRUE(cases.good() && golden.good()) << path;
  int checked = 0;
  int failed = 0;
  std::string line;
  for (std::string answer; std::getline(cases, line) && std::getline(golden, answer); ++checked) {
    const json::Value test_case = json::parse(line).value();
    if (is_for_others(test_case))
      continue;
    json::Value expected = json::parse(answer).value();
    expected.erase("id");
    const json::Value *error = expected.find("error");
    if (error != nullptr && error->string_of("stage").value() == "convert_in")
      continue;
    const json::Value actual = CaseRunner(test_case).run();
    if (actual == expected || same_but_for_digits(actual, expected))
      continue;
    ++failed;
    if (failed <= 20)
      ADD_FAILURE() << line << "\nexpected " << json::to_text(expected) << "\nactual   "
                    << json::to_text(actual);
  }
  EXPECT_GT(checked, 10);
  EXPECT_EQ(failed, 0) << "of " << checked;
}

INSTANTIATE_TEST_SUITE_P(Oracle, Cases,
                         testing::Values("cast", "chains", "extract-field", "flatten", "headers",
                                         "hoist-field", "insert-field", "mask-field", "predicates",
                                         "regex-router", "replace-field", "set-schema-metadata",
                                         "timestamp-converter", "timestamp-formats",
                                         "timestamp-router", "value-to-key"),
                         [](const auto &info) {
                           std::string name = info.param;
                           for (char &c : name)
                             c = c == '-' ? '_' : c;
                           return name;
                         });

} // namespace
} // namespace tests
