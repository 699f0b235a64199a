#include "fixture.h"

#include <gmock/gmock.h>

// Inspection and validation: a file that does harm fails its own requests and nothing else.
namespace process_test {

using namespace host;
using namespace host::supervisor;
using ::testing::AllOf;
using ::testing::HasSubstr;

class PluginRunnerTest : public SupervisorTest {};

TEST_F(PluginRunnerTest, InspectionAnswersAndItsProcessGoes) {
  start();
  const auto inspected = inspect(write_file("good.so", "stderr:fine"));
  ASSERT_TRUE(inspected) << inspected.error().message();
  EXPECT_EQ(*inspected, "[]");
  EXPECT_TRUE(eventually([&] { return children_of_this_process().size() == 1; }));
}

TEST_F(PluginRunnerTest, HarmInAStaticInitialiserIsNamed) {
  start();
  for (const auto &[act, text] :
       {std::pair("segv", "runner killed by SIGSEGV in load"),
        {"exit:0", "runner exited with code 0 in load"},
        {"throw", "runner killed by SIGABRT in load"},
        {"spin", "runner killed in load: no answer to inspect within 2000 ms"},
        // Who sees it first: the host that nothing comes, or the runner that it is cut off.
        {"close hang", "in load: it"},
        {"error:no-entry-symbol", "no-entry-symbol"}}) {
    const std::string file = write_file("bad.so", act);
    const auto inspected = inspect(file);
    ASSERT_FALSE(inspected) << act;
    EXPECT_THAT(inspected.error().message(), HasSubstr(text));
  }
  const auto inspected = inspect(write_file("bad.so", "stderr:why segv"));
  EXPECT_THAT(inspected.error().message(), AllOf(HasSubstr(path("bad.so")), HasSubstr("why")));
}

TEST_F(PluginRunnerTest, AConnectorSaysWhatItThinksOfChangedOffsets) {
  start();
  ConnectorSpec spec;
  spec.name = "c";
  spec.plugin_path = write_file("plugin.so", "stderr:x");
  spec.class_name = "Stub";
  const auto ask = [&](const char *act) {
    spec.config = {{"alter_offsets", act}};
    std::promise<Result<bool>> promise;
    supervisor_->alter_offsets(spec, {{"{}", std::nullopt}},
                               [&](auto result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  };
  EXPECT_TRUE(ask("").value());
  EXPECT_THAT(ask("segv").error().message(),
              HasSubstr("runner killed by SIGSEGV in alter_offsets"));
  EXPECT_TRUE(ask("").value());
}

TEST_F(PluginRunnerTest, ValidationsShareAProcessAndACrashFailsOneOfThem) {
  start();
  const std::string file = write_file("plugin.so", "stderr:x");
  std::vector<std::future<Result<std::vector<link::ValidatedKey>>>> answers;
  for (const char *what : {"", "segv", "", "hang", ""}) {
    auto promise = std::make_shared<std::promise<Result<std::vector<link::ValidatedKey>>>>();
    answers.push_back(promise->get_future());
    supervisor_->validate(file, "Stub", {{"validate", what}},
                          [promise](auto result) { promise->set_value(std::move(result)); });
  }
  EXPECT_TRUE(answers[0].get());
  EXPECT_THAT(answers[1].get().error().message(),
              HasSubstr("runner killed by SIGSEGV in validate"));
  EXPECT_TRUE(answers[2].get());
  EXPECT_THAT(answers[3].get().error().message(),
              HasSubstr("no answer to validate within 2000 ms"));
  // Its own time ran out while the one before it hung, or it was served after that: never lost.
  const auto last = answers[4].get();
  EXPECT_TRUE(last || last.error().message().find("no answer") != std::string::npos);
}

TEST_F(PluginRunnerTest, AnIdleProcessGoes) {
  Settings settings = quick_settings();
  settings.plugin_idle = Duration(50);
  start(settings);
  ASSERT_TRUE(validate(write_file("plugin.so", "stderr:x"), {}));
  EXPECT_TRUE(eventually([&] { return children_of_this_process().size() == 1; }));
  EXPECT_TRUE(validate(path("plugin.so"), {})) << "and comes back";
}

TEST_F(PluginRunnerTest, InIsolationNoneThereIsNoProcess) {
  Settings settings = quick_settings();
  settings.plugin_isolation = Isolation::None;
  settings.spawn = SpawnMode::Exec;
  start(settings);
  EXPECT_TRUE(validate(write_file("plugin.so", "stderr:x"), {{"a", "b"}}));
  EXPECT_TRUE(inspect(path("plugin.so")));
  EXPECT_TRUE(children_of_this_process().empty());
}

TEST_F(PluginRunnerTest, StopFailsWhatWaits) {
  start();
  const std::string file = write_file("plugin.so", "hang");
  auto promise = std::make_shared<std::promise<Result<std::string>>>();
  supervisor_->inspect(file, [promise](auto result) { promise->set_value(std::move(result)); });
  stop();
  EXPECT_EQ(promise->get_future().get().error().code(), Code::Cancelled);
}

} // namespace process_test
