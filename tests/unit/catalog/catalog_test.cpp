#include "host/supervisor/catalog.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace host::supervisor {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

// Answers inspections from a table; everything else is not asked of it here.
class FakeSupervisor final : public Supervisor {
public:
  std::map<std::string, std::string> answers; // by file name; others fail
  std::vector<std::string> inspected;

  void inspect(const std::string &path, OnInspected done) override {
    const std::string name = fs::path(path).filename().string();
    inspected.push_back(name);
    const auto found = answers.find(name);
    if (found != answers.end())
      done(found->second);
    else
      done(fail(Code::Data, "is no plugin"));
  }

  void start_connector(ConnectorSpec, TargetState, Done) override { unexpected(); }
  void renew_connector(ConnectorSpec) override { unexpected(); }
  void set_connector_target(const std::string &, TargetState, Done) override { unexpected(); }
  void remove_connector(const std::string &, Done) override { unexpected(); }
  void task_configs(const std::string &, std::int32_t, OnConfigs) override { unexpected(); }
  void start_task(const TaskId &, StringMap, TargetState) override { unexpected(); }
  void set_task_target(const TaskId &, TargetState) override { unexpected(); }
  void stop_tasks(std::vector<TaskId>, Done) override { unexpected(); }
  void validate(const std::string &, const std::string &, StringMap, OnValidated) override {
    unexpected();
  }
  void read_counts(std::function<void(std::vector<RunnerCounts>)>) override { unexpected(); }
  void alter_offsets(const ConnectorSpec &, std::vector<OffsetChange>, OnAltered) override {
    unexpected();
  }
  void renew_lease(std::int64_t) override { unexpected(); }
  void set_log_level(const std::string &, const std::string &) override { unexpected(); }

private:
  static void unexpected() { FAIL() << "a catalogue only inspects"; }
};

std::string one(const std::string &class_name, const std::string &version) {
  plugin::Descriptor descriptor;
  descriptor.class_name = class_name;
  descriptor.version = version;
  return plugin::encode({descriptor});
}

class CatalogTest : public testing::Test {
protected:
  CatalogTest() {
    std::string name = (fs::temp_directory_path() / "catalog-test-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~CatalogTest() override { fs::remove_all(folder_); }

  void write(const std::string &name, const std::string &text = "x") {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  // Names of the classes that a new catalogue finds.
  std::vector<std::string> classes() {
    PluginCatalog catalog({(folder_ / "plugins").string()}, (folder_ / "cache").string());
    int done = 0;
    catalog.scan(supervisor_, [&] { ++done; });
    EXPECT_EQ(done, 1);
    std::vector<std::string> names;
    for (const auto &entry : *catalog.entries())
      names.push_back(entry.descriptor.class_name);
    return names;
  }

  fs::path folder_;
  FakeSupervisor supervisor_;
};

TEST_F(CatalogTest, FindsSharedObjectsInFoldersAndOneFurtherDown) {
  for (const char *name : {"plugins/b.so", "plugins/a.so", "plugins/dir/c.so", "plugins/readme.txt",
                           "plugins/dir/deep/d.so"})
    write(name);
  std::vector<std::string> names;
  for (const std::string &path : plugin_files(
           {(folder_ / "plugins").string(), "/not/there", (folder_ / "plugins/a.so").string()}))
    names.push_back(fs::path(path).filename());
  EXPECT_THAT(names, ElementsAre("a.so", "b.so", "c.so"));
}

TEST_F(CatalogTest, AKnownFileIsNotInspectedAgain) {
  write("plugins/a.so");
  supervisor_.answers = {{"a.so", one("A", "1")}};
  EXPECT_THAT(classes(), ElementsAre("A"));
  supervisor_.answers.clear();
  EXPECT_THAT(classes(), ElementsAre("A"));
  EXPECT_THAT(supervisor_.inspected, ElementsAre("a.so"));
}

TEST_F(CatalogTest, AChangedFileIs) {
  write("plugins/a.so");
  supervisor_.answers = {{"a.so", one("A", "1")}};
  classes();
  write("plugins/a.so", "longer than before");
  supervisor_.answers = {{"a.so", one("B", "1")}};
  EXPECT_THAT(classes(), ElementsAre("B"));
}

TEST_F(CatalogTest, AFileThatFailsCostsOnlyItselfAndIsAskedAgain) {
  write("plugins/a.so");
  write("plugins/bad.so");
  supervisor_.answers = {{"a.so", one("A", "1")}};
  EXPECT_THAT(classes(), ElementsAre("A"));
  EXPECT_THAT(classes(), ElementsAre("A"));
  EXPECT_THAT(supervisor_.inspected, ElementsAre("a.so", "bad.so", "bad.so"));
}

TEST_F(CatalogTest, ABrokenCacheIsNone) {
  write("plugins/a.so");
  write("cache/plugins.json", "{\"build\":");
  supervisor_.answers = {{"a.so", one("A", "1")}};
  EXPECT_THAT(classes(), ElementsAre("A"));
}

TEST_F(CatalogTest, OneClassAndVersionInTwoFilesIsInNeither) {
  write("plugins/a.so");
  write("plugins/b.so");
  write("plugins/c.so");
  supervisor_.answers = {{"a.so", one("A", "1")}, {"b.so", one("A", "1")}, {"c.so", one("A", "2")}};
  EXPECT_THAT(classes(), ElementsAre("A"));
}

TEST_F(CatalogTest, NoPluginsIsNoError) {
  fs::create_directories(folder_ / "plugins");
  EXPECT_THAT(classes(), IsEmpty());
}

} // namespace
} // namespace host::supervisor
