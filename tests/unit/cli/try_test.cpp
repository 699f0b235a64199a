#include <malloc.h>

#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>

#include "host/app/cli_options.h"
#include "host/app/try_print.h"
#include "host/app/try_run.h"
#include "host/json/escape.h"

namespace host::app::dry_run {
namespace {

std::string answer(CaseRunner &runner, std::string_view line) {
  std::string out;
  runner.run(line, 1, out);
  return out;
}

constexpr std::string_view kRecord =
    R"("direction":"sink","record":{"topic":"t","key":null,"value":"[1]"}})";

std::string plain_case(std::string_view more = {}) {
  return std::string(R"({"id":1,"config":{"value.converter.schemas.enable":"false")")
      .append(more)
      .append("},")
      .append(kRecord);
}

TEST(Try, answers_a_case_with_the_record_that_comes_out) {
  CaseRunner runner;
  EXPECT_EQ(answer(runner, plain_case()),
            R"({"id":1,"out":{"topic":"t","partition":0,"timestamp":null,"key":null,)"
            "\"value\":\"[1]\",\"headers\":[]}}\n");
}

TEST(Try, gives_an_error_line_for_whatever_is_no_case) {
  CaseRunner runner;
  for (const std::string_view line :
       {"", "nope", "[]", "7", "{}", R"({"id":1,"config":[]})", R"({"config":{"a":{}}})",
        R"({"config":{},"direction":"up","record":{}})",
        R"({"config":{},"direction":"sink","record":7})",
        R"({"config":{},"direction":"sink","record":{"topic":1}})",
        R"({"config":{},"direction":"sink","record":{"topic":"t","partition":1.5}})",
        R"({"config":{},"direction":"sink","record":{"topic":"t","partition":3000000000}})",
        R"({"config":{},"direction":"sink","record":{"topic":"t","offset":"1"}})",
        R"({"config":{},"direction":"sink","record":{"topic":"t","value":7}})",
        R"({"config":{},"direction":"sink","record":{"topic":"t","value":{"b64":"?"}}})",
        R"({"config":{},"direction":"sink","record":{"topic":"t","headers":[["a"]]}})",
        R"({"config":{},"direction":"sink","record":{"topic":"t","headers":{}}})", "\xff",
        R"({"config":{},"direction":"sink","record":{"topic":"t"}} x)"}) {
    const std::string out = answer(runner, line);
    EXPECT_TRUE(out.find(R"("class":"IllegalArgumentException")") != std::string::npos) << line;
    EXPECT_TRUE(out.ends_with("}\n")) << line;
  }
}

TEST(Try, survives_a_case_that_nests_without_end) {
  CaseRunner runner;
  const std::string deep(100'000, '[');
  EXPECT_NE(answer(runner, deep).find("error"), std::string::npos);
  std::string value = plain_case();
  value.replace(value.find("[1]"), 3, deep);
  EXPECT_NE(answer(runner, value).find(R"("stage":"convert_in")"), std::string::npos);
}

TEST(Try, does_not_mix_up_configurations) {
  CaseRunner runner;
  const std::string good = answer(runner, plain_case());
  const std::string bad = answer(runner, plain_case(R"(,"transforms":"x")"));
  EXPECT_NE(bad.find(R"("stage":"config")"), std::string::npos);
  EXPECT_EQ(answer(runner, plain_case()), good);
  const std::string null = answer(runner, plain_case(R"(,"transforms":null)"));
  EXPECT_NE(null.find("entry must be non null"), std::string::npos);
  EXPECT_EQ(answer(runner, plain_case()), good);
}

// A value with a schema that no other has: a field with a field of its own.
std::string case_of_schema(int number) {
  const std::string config =
      R"("value.converter.schemas.enable":"true","transforms":"a,b","transforms.a.type":)"
      R"("org.apache.kafka.connect.transforms.Flatten$Value","transforms.b.type":)"
      R"("org.apache.kafka.connect.transforms.HoistField$Value","transforms.b.field":"h")";
  std::string value =
      R"({"schema":{"type":"struct","fields":[{"field":"s","type":"struct","fields":)"
      R"([{"type":"int32","field":"f"}]}]},"payload":{"s":{"f":1}}})";
  for (std::size_t at = 0; (at = value.find("\"f\"", at)) != std::string::npos;)
    value.replace(at + 1, 1, "f" + std::to_string(number));
  std::string quoted;
  json::append_quoted(quoted, value);
  return R"({"id":1,"config":{)" + config +
         R"(},"direction":"sink","record":{"topic":"t","value":)" + quoted +
         R"(,"headers":[["h","[1.)" + std::to_string(number) + R"(]"]]}})";
}

TEST(Try, takes_ever_new_schemas_in_constant_memory) {
  CaseRunner runner;
  const std::string first = answer(runner, case_of_schema(0));
  EXPECT_NE(first.find(R"(\"h\":{\"s.f0\":1})"), std::string::npos) << first;
  const auto run = [&](int begin, int end) {
    for (int i = begin; i < end; ++i)
      ASSERT_NE(answer(runner, case_of_schema(i)).find("\"out\":{"), std::string::npos) << i;
    return;
  };
  run(1, 8000);
  const std::size_t before = mallinfo2().uordblks;
  run(8000, 24000);
  const std::size_t after = mallinfo2().uordblks;
  EXPECT_LT(after, before + (std::size_t{8} << 20)); // all would be more than ten times that
  EXPECT_EQ(answer(runner, case_of_schema(0)), first);
}

TEST(Try, replaces_the_hashes_of_java_objects_only) {
  EXPECT_EQ(without_hashes("a [B@1f2e is, Spec$Inner@0 too"), "a [B@HASH is, Spec$Inner@HASH too");
  EXPECT_EQ(without_hashes("[Ljava.lang.String;@12345678"), "[Ljava.lang.String;@HASH");
  for (const char *text : {"", "@", "me@example.org", "x @12", "A@123456789", "A@12G", "A@"})
    EXPECT_EQ(without_hashes(text), text);
}

TEST(Try, reads_lines_of_any_length_and_the_last_without_an_end) {
  const std::string path = testing::TempDir() + "/try_lines.txt";
  const std::string large(300'000, 'x');
  std::ofstream(path, std::ios::binary) << "one\n\n" << large << "\nlast";
  auto lines = Lines::open(path);
  ASSERT_TRUE(lines);
  int waits = 0;
  std::vector<std::string> read;
  for (;;) {
    const auto line = lines->next([&] { ++waits; });
    ASSERT_TRUE(line);
    if (!*line)
      break;
    read.emplace_back(**line);
  }
  std::remove(path.c_str());
  EXPECT_EQ(read, (std::vector<std::string>{"one", "", large, "last"}));
  EXPECT_GT(waits, 1);
  EXPECT_FALSE(Lines::open("/nowhere/at/all"));
}

TEST(Try, needs_a_config_or_cases_on_its_command_line) {
  const auto parse = [](std::vector<const char *> arguments) {
    arguments.insert(arguments.begin(), {"sluice", "try"});
    testing::internal::CaptureStderr();
    auto parsed = cli::parse_command(static_cast<int>(arguments.size()), arguments.data());
    testing::internal::GetCapturedStderr();
    return parsed;
  };
  EXPECT_EQ(parse({}).exit_code, cli::kExitUsage);
  EXPECT_EQ(parse({"--config", "a", "--cases", "b"}).exit_code, cli::kExitUsage);
  EXPECT_EQ(parse({"--cases", "b", "--trace"}).exit_code, cli::kExitUsage);
  EXPECT_EQ(parse({"--config", "a", "--direction", "up"}).exit_code, cli::kExitUsage);
  const cli::ParsedCommand parsed = parse({"--config", "a", "--json"});
  ASSERT_FALSE(parsed.exit_code);
  EXPECT_EQ(parsed.command.verb, cli::Verb::Try);
  EXPECT_EQ(parsed.command.dry_run.input, "-");
  EXPECT_EQ(parsed.command.output, cli::Output::Json);
}

} // namespace
} // namespace host::app::dry_run
