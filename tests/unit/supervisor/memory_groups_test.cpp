#include "host/supervisor/memory_groups.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

namespace host::supervisor {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A folder with the files of a cgroup that the code reads and writes.
class MemoryGroupsTest : public ::testing::Test {
protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sluice-cgroup-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    mount_ = name;
    put("self", "4:memory:/elsewhere\n0::/\n");
    put("cgroup.controllers", "cpu memory pids\n");
    put("cgroup.procs", "");
    put("cgroup.subtree_control", "");
    fs::create_directory(mount_ / "sluice-host");
    put("sluice-host/cgroup.procs", "");
  }
  void TearDown() override { fs::remove_all(mount_); }

  void put(const std::string &name, const std::string &text) {
    std::ofstream(mount_ / name) << text;
  }
  std::string get(const std::string &name) {
    std::string text;
    std::getline(std::ifstream(mount_ / name), text, '\0');
    return text;
  }
  CgroupPlaces places() { return {mount_.string(), (mount_ / "self").string(), false}; }
  // What the kernel makes in a new group.
  void prepare_group(pid_t pid) {
    const std::string group = "sluice-runner-" + std::to_string(pid);
    fs::create_directory(mount_ / group);
    for (const char *file : {"/memory.max", "/memory.swap.max", "/cgroup.procs", "/cgroup.kill"})
      put(group + file, "");
  }

  fs::path mount_;
};

TEST_F(MemoryGroupsTest, TheHostMovesAsideAndRunnersGetGroups) {
  fs::create_directory(mount_ / "sluice-runner-1"); // of a host that was killed
  auto groups = MemoryGroups::adopt(places());
  ASSERT_TRUE(groups) << groups.error().message();
  EXPECT_EQ(get("sluice-host/cgroup.procs"), std::to_string(::getpid()));
  EXPECT_EQ(get("cgroup.subtree_control"), "+memory");
  EXPECT_FALSE(fs::exists(mount_ / "sluice-runner-1"));

  prepare_group(4711);
  EXPECT_TRUE((*groups)->add(4711, 1000));
  EXPECT_EQ(get("sluice-runner-4711/memory.max"), "1000");
  EXPECT_EQ(get("sluice-runner-4711/cgroup.procs"), "4711");
  (*groups)->remove(4711);
  EXPECT_EQ(get("sluice-runner-4711/cgroup.kill"), "1");
}

TEST_F(MemoryGroupsTest, TheKernelSaysWhetherMemoryRanOut) {
  auto groups = MemoryGroups::adopt(places());
  ASSERT_TRUE(groups);
  EXPECT_FALSE((*groups)->ran_out(5));
  prepare_group(5);
  put("sluice-runner-5/memory.events", "low 0\nhigh 0\nmax 7\noom 0\noom_kill 0\n");
  EXPECT_FALSE((*groups)->ran_out(5));
  put("sluice-runner-5/memory.events", "low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\n");
  EXPECT_TRUE((*groups)->ran_out(5));
}

TEST_F(MemoryGroupsTest, WhatIsNotOursIsLeftAlone) {
  put("cgroup.controllers", "cpu pids\n");
  EXPECT_THAT(MemoryGroups::adopt(places()).error().message(), HasSubstr("no memory controller"));

  put("self", "0::/system.slice/x.service\n");
  fs::create_directories(mount_ / "system.slice/x.service");
  put("system.slice/x.service/cgroup.controllers", "memory\n");
  put("system.slice/x.service/cgroup.procs", "");
  EXPECT_THAT(MemoryGroups::adopt(places()).error().message(), HasSubstr("not delegated"));

  put("self", "1:memory:/\n");
  EXPECT_THAT(MemoryGroups::adopt(places()).error().message(), HasSubstr("in no cgroup v2"));

  CgroupPlaces real = places();
  real.check_kind = true;
  EXPECT_THAT(MemoryGroups::adopt(real).error().message(), HasSubstr("no cgroup v2 at"));
}

TEST_F(MemoryGroupsTest, WhereOthersShareTheGroupTheHostGoesBack) {
  fs::remove(mount_ / "cgroup.subtree_control");
  fs::create_directory(mount_ / "cgroup.subtree_control"); // a write fails
  EXPECT_FALSE(MemoryGroups::adopt(places()));
  EXPECT_EQ(get("cgroup.procs"), std::to_string(::getpid()));
}

} // namespace
} // namespace host::supervisor
