#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "sluice/abi/ext/alter_offsets.h"
#include "sluice/testing.hpp"
#include "temp_dir.h"

namespace {

using namespace std::chrono_literals;
using sluice::testing::call_failed;
using sluice::testing::got_record;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kSource = "org.apache.kafka.connect.file.FileStreamSourceConnector";

const sluice_plugin &file_plugin() {
  static const sluice_plugin &plugin = sluice::testing::load(TEST_BUILD_DIR "/plugins/file.so");
  return plugin;
}

class FileSourceTest : public ::testing::Test {
protected:
  void start(const sluice::testing::settings &more = {}) {
    run_.emplace(host_, file_plugin(), kSource);
    sluice::testing::settings given{{"file", path_}, {"topic", "lines"}};
    given.insert(given.end(), more.begin(), more.end());
    run_->start(given);
  }

  // All lines that are there now.
  std::vector<std::string> values() {
    std::vector<std::string> out;
    for (;;) {
      const auto records = run_->poll(0ms);
      if (records.empty())
        return out;
      for (const got_record &record : records) {
        out.push_back(record.value.value());
        last_ = record;
      }
    }
  }

  // Waits for lines as a host does.
  std::vector<got_record> wait_for_records() {
    for (int i = 0; i < 100; ++i)
      if (auto records = run_->poll(100ms); !records.empty())
        return records;
    return {};
  }

  TempDir dir_;
  std::string path_ = dir_ / "input.txt";
  sluice::testing::fake_host host_;
  std::optional<sluice::testing::source_run> run_;
  got_record last_;
};

TEST_F(FileSourceTest, RecordsAreLinesWithTheirPosition) {
  write(path_, "hello\nw\xC3\xB6rld\n");
  start();
  const auto records = run_->poll(0ms);
  ASSERT_EQ(records.size(), 2U);
  const got_record &second = records[1];
  EXPECT_EQ(second.topic, "lines");
  EXPECT_EQ(second.partition, -1);
  EXPECT_EQ(second.key, std::nullopt);
  EXPECT_EQ(second.value, "w\xC3\xB6rld");
  EXPECT_EQ(second.value_schema, host_.schemas().primitive(SLUICE_STRING, false));
  EXPECT_EQ(second.source_partition, "{\"filename\":\"" + path_ + "\"}");
  EXPECT_EQ(second.source_offset, "{\"position\":13}");
  EXPECT_GT(second.timestamp_ms, 1'600'000'000'000);
}

TEST_F(FileSourceTest, LastLineWaitsForItsEnd) {
  write(path_, "one\ntw");
  start();
  EXPECT_THAT(values(), ElementsAre("one"));
  append(path_, "o");
  EXPECT_THAT(values(), IsEmpty());
  append(path_, "\nthree\n");
  EXPECT_THAT(values(), ElementsAre("two", "three"));
}

TEST_F(FileSourceTest, EveryKindOfLineEnd) {
  write(path_, "unix\ndos\r\nmac\rlast\r");
  start();
  EXPECT_THAT(values(), ElementsAre("unix", "dos", "mac"));
  EXPECT_EQ(last_.source_offset, "{\"position\":14}");
  append(path_, "\n");
  EXPECT_THAT(values(), ElementsAre("last"));
  EXPECT_EQ(last_.source_offset, "{\"position\":20}");
}

TEST_F(FileSourceTest, BytesThatAreNoUtf8PassThrough) {
  write(path_, "a\xFF\xC0z\n");
  start();
  EXPECT_THAT(values(), ElementsAre("a\xFF\xC0z"));
}

TEST_F(FileSourceTest, GoesOnBehindTheStoredPosition) {
  write(path_, "\xC3\xA4\xC3\xB6\nsecond\n");
  host_.stored_offsets["{\"filename\":\"" + path_ + "\"}"] = "{\"position\":5}";
  start();
  EXPECT_THAT(values(), ElementsAre("second"));
  EXPECT_EQ(last_.source_offset, "{\"position\":12}");
}

TEST_F(FileSourceTest, ShorterThanTheStoredPositionMeansAnotherFile) {
  write(path_, "new\n");
  host_.stored_offsets["{\"filename\":\"" + path_ + "\"}"] = "{\"position\":500}";
  start();
  EXPECT_THAT(values(), ElementsAre("new"));
  EXPECT_EQ(last_.source_offset, "{\"position\":4}");
  EXPECT_TRUE(host_.logged("has 4 bytes, fewer than the 500"));
}

TEST_F(FileSourceTest, StoredPositionMustBeANumber) {
  host_.stored_offsets["{\"filename\":\"" + path_ + "\"}"] = "{\"position\":\"5\"}";
  try {
    start();
    FAIL() << "started";
  } catch (const call_failed &failed) {
    EXPECT_EQ(failed.message, "Offset position is the incorrect type");
  }
}

TEST_F(FileSourceTest, TruncatedFileIsReadFromItsBeginning) {
  write(path_, "one\ntwo\nhal");
  start();
  EXPECT_THAT(values(), ElementsAre("one", "two"));
  write(path_, "new\n");
  EXPECT_THAT(values(), ElementsAre("new"));
  EXPECT_EQ(last_.source_offset, "{\"position\":4}");
  EXPECT_TRUE(host_.logged("dropped the 3 bytes"));
}

TEST_F(FileSourceTest, ReplacedFileIsReadToItsEndFirst) {
  write(path_, "one\n");
  start();
  EXPECT_THAT(values(), ElementsAre("one"));
  append(path_, "two\n");
  std::filesystem::rename(path_, dir_ / "input.1");
  write(path_, "");
  EXPECT_THAT(values(), ElementsAre("two"));
  // As long as the new file is empty its writer may still be at the old one.
  append(dir_ / "input.1", "three\nno end");
  EXPECT_THAT(values(), ElementsAre("three"));
  append(path_, "four\n");
  EXPECT_THAT(values(), ElementsAre("no end", "four"));
  EXPECT_EQ(last_.source_offset, "{\"position\":5}");
}

TEST_F(FileSourceTest, FileRenamedOverTheOldOne) {
  write(path_, "one\n");
  start();
  EXPECT_THAT(values(), ElementsAre("one"));
  write(dir_ / "next", "a much longer line than before\n");
  std::filesystem::rename(dir_ / "next", path_);
  EXPECT_THAT(values(), ElementsAre("a much longer line than before"));
}

TEST_F(FileSourceTest, RemovedFileMayComeBack) {
  write(path_, "one\n");
  start();
  EXPECT_THAT(values(), ElementsAre("one"));
  std::filesystem::remove(path_);
  EXPECT_THAT(values(), IsEmpty());
  write(path_, "two\n");
  EXPECT_THAT(values(), ElementsAre("two"));
}

TEST_F(FileSourceTest, MissingFileIsWaitedFor) {
  start();
  EXPECT_THAT(run_->poll(0ms), IsEmpty());
  EXPECT_THAT(run_->poll(0ms), IsEmpty());
  EXPECT_TRUE(host_.logged("does not exist"));
  const auto created = std::async(std::launch::async, [&] { write(path_, "here\n"); });
  const auto records = wait_for_records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].value, "here");
}

TEST_F(FileSourceTest, MissingFolderIsWaitedForToo) {
  path_ = dir_ / "sub/input.txt";
  start();
  EXPECT_THAT(run_->poll(0ms), IsEmpty());
  std::filesystem::create_directory(dir_ / "sub");
  write(path_, "here\n");
  ASSERT_EQ(wait_for_records().size(), 1U);
}

TEST_F(FileSourceTest, FolderIsNoFile) {
  path_ = dir_ / "";
  start();
  try {
    run_->poll(0ms);
    FAIL() << "polled";
  } catch (const call_failed &failed) {
    EXPECT_EQ(failed.status, SLUICE_E_FATAL);
    EXPECT_THAT(failed.message, HasSubstr("is a directory"));
  }
}

TEST_F(FileSourceTest, FileThatCannotBeOpenedFails) {
  write(dir_ / "plain", "");
  path_ = dir_ / "plain/below";
  start();
  try {
    run_->poll(0ms);
    FAIL() << "polled";
  } catch (const call_failed &failed) {
    EXPECT_EQ(failed.message, "cannot open " + path_ + ": Not a directory");
  }
}

TEST_F(FileSourceTest, AppendedLineEndsTheWait) {
  write(path_, "one\n");
  start();
  EXPECT_THAT(values(), ElementsAre("one"));
  auto waiting = std::async(std::launch::async, [&] { return run_->poll(60s); });
  append(path_, "two\n");
  const auto records = waiting.get();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].value, "two");
}

TEST_F(FileSourceTest, RenamedFileEndsTheWait) {
  write(path_, "one\n");
  start();
  EXPECT_THAT(values(), ElementsAre("one"));
  auto waiting = std::async(std::launch::async, [&] { return run_->poll(60s); });
  std::filesystem::rename(path_, dir_ / "input.1");
  write(path_, "two\n");
  EXPECT_EQ(waiting.get().at(0).value, "two");
}

TEST_F(FileSourceTest, CancelEndsTheWaitForGood) {
  start();
  auto waiting = std::async(std::launch::async, [&] {
    try {
      run_->poll(60s);
      return sluice_status{SLUICE_OK}; // it had not waited yet, or had been woken
    } catch (const call_failed &failed) {
      return failed.status;
    }
  });
  run_->cancel();
  run_->cancel();
  EXPECT_THAT(waiting.get(), ::testing::AnyOf(SLUICE_OK, SLUICE_E_CANCELLED));
  EXPECT_THROW(run_->poll(60s), call_failed);
  run_->stop();
}

TEST_F(FileSourceTest, WakeEndsOneWait) {
  write(path_, "");
  start();
  run_->wake();
  EXPECT_THAT(run_->poll(60s), IsEmpty());
  append(path_, "one\n");
  EXPECT_EQ(run_->poll(60s).size(), 1U);
}

TEST_F(FileSourceTest, WithoutInotifyItLooksAtIntervals) {
  std::vector<int> all; // that this user may have
  for (int fd; all.size() < 1000 && (fd = ::inotify_init1(IN_CLOEXEC)) >= 0;)
    all.push_back(fd);
  const bool is_exhausted = all.size() < 1000;
  write(path_, "one\n");
  start();
  EXPECT_THAT(values(), ElementsAre("one"));
  EXPECT_THAT(run_->poll(1ms), IsEmpty()); // begins to watch
  for (const int fd : all)
    ::close(fd);
  if (!is_exhausted)
    GTEST_SKIP() << "this system gives more inotify instances than can be used up";
  append(path_, "two\n");
  EXPECT_EQ(run_->poll(60s).size(), 1U);

  // Waits that are cut short, as by a loop that has other things to do, do not make it look away.
  for (int i = 0; i < 30; ++i)
    EXPECT_THAT(run_->poll(1ms), IsEmpty());
  std::jthread writer([this] {
    std::this_thread::sleep_for(50ms); // while the poll waits; earlier it is found at once
    append(path_, "three\n");
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run_->poll(60s).size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1500ms);
}

TEST_F(FileSourceTest, BatchSizeIsTheMost) {
  write(path_, "1\n2\n3\n4\n5\n");
  start({{"batch.size", "2"}});
  EXPECT_EQ(run_->poll(0ms).size(), 2U);
  EXPECT_EQ(run_->poll(0ms).size(), 2U);
  EXPECT_EQ(run_->poll(0ms).size(), 1U);
}

TEST_F(FileSourceTest, BatchesKeepTheirLinesWhileReadingGoesOn) {
  std::string text;
  for (int i = 0; i < 50'000; ++i)
    text += "line " + std::to_string(i) + " of a file that fills several chunks\n";
  write(path_, text);
  start({{"batch.size", "500"}});
  std::vector<std::vector<got_record>> seen;
  for (auto records = run_->poll_and_keep(0ms); !records.empty();
       records = run_->poll_and_keep(0ms))
    seen.push_back(std::move(records));
  int line = 0;
  for (std::size_t i = 0; i < seen.size(); ++i)
    for (const got_record &again : run_->kept(i))
      ASSERT_EQ(again.value,
                "line " + std::to_string(line++) + " of a file that fills several chunks");
  EXPECT_EQ(line, 50'000);
}

TEST_F(FileSourceTest, LineUpToTheLimitPasses) {
  host_.max_record_bytes = 1000;
  write(path_, std::string(1000, 'x') + "\r\n");
  start();
  EXPECT_THAT(values(), ElementsAre(std::string(1000, 'x')));
}

TEST_F(FileSourceTest, LongerLineIsRefusedByNameAfterThoseBeforeIt) {
  host_.max_record_bytes = 1000;
  write(path_, "before\n" + std::string(1001, 'x') + "\nbehind\n");
  start();
  EXPECT_EQ(run_->poll(0ms).at(0).value, "before");
  for (int i = 0; i < 2; ++i) {
    try {
      run_->poll(0ms);
      FAIL() << "polled";
    } catch (const call_failed &failed) {
      EXPECT_THAT(failed.message, HasSubstr("the line at byte 7 of " + path_));
      EXPECT_THAT(failed.message, HasSubstr("max.request.size"));
    }
  }
}

TEST_F(FileSourceTest, LineWithoutEndIsRefusedBeforeItFillsTheMemory) {
  host_.max_record_bytes = 1000;
  write(path_, std::string(10'000'000, 'x'));
  start();
  EXPECT_THROW(run_->poll(0ms), call_failed);
}

TEST_F(FileSourceTest, FifoIsReadAsItComes) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  start();
  EXPECT_THAT(run_->poll(0ms), IsEmpty());
  append(path_, "one\n");
  EXPECT_EQ(run_->poll(60s).at(0).value, "one");
  append(path_, "two\n");
  EXPECT_EQ(run_->poll(60s).at(0).value, "two");
}

TEST_F(FileSourceTest, StandardInputIsReadToItsEndWithoutOffsets) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const int before = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  path_ = "";
  start();
  EXPECT_THAT(run_->poll(0ms), IsEmpty());
  ASSERT_EQ(::write(ends[1], "one\ntwo", 7), 7);
  const auto first = run_->poll(60s);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].value, "one");
  EXPECT_EQ(first[0].source_partition, "");
  EXPECT_EQ(first[0].source_offset, "");
  ::close(ends[1]);
  EXPECT_EQ(run_->poll(60s).at(0).value, "two");
  EXPECT_THAT(run_->poll(0ms), IsEmpty());
  ::dup2(before, STDIN_FILENO);
  ::close(before);
}

TEST_F(FileSourceTest, ManyChangesOfOneFileLoseNothing) {
  start();
  std::vector<std::string> expected, got;
  for (int i = 0; i < 200; ++i) {
    expected.push_back("line " + std::to_string(i));
    append(path_, expected.back() + "\n");
    if (i % 7 == 3)
      std::filesystem::rename(path_, dir_ / ("old." + std::to_string(i)));
    if (i % 7 == 3 || i % 5 == 0)
      for (const std::string &value : values())
        got.push_back(value);
  }
  for (const std::string &value : values())
    got.push_back(value);
  EXPECT_EQ(got, expected);
}

TEST(FileSourceConnector, HasOneTaskWithItsOwnConfiguration) {
  sluice::testing::fake_host host;
  const auto &desc = sluice::testing::find_connector(file_plugin(), kSource);
  const sluice::testing::settings given{{"file", "/x"}, {"topic", "t"}, {"name", "n"}};
  EXPECT_THAT(sluice::testing::task_configs(host, desc, given, 5), ElementsAre(given));
  EXPECT_TRUE(host.logged("Starting file source connector reading from /x"));
}

TEST(FileSourceConnector, SupportsExactlyOnceForFilesOnly) {
  const auto &desc = sluice::testing::find_connector(file_plugin(), kSource);
  std::int32_t support = 0;
  desc.connector->exactly_once_support(nullptr, nullptr, 0, &support, nullptr);
  EXPECT_EQ(support, SLUICE_EXACTLY_ONCE_UNSUPPORTED);
  const sluice_kv file{sluice::to_abi("file"), sluice::to_abi("/x")};
  desc.connector->exactly_once_support(nullptr, &file, 1, &support, nullptr);
  EXPECT_EQ(support, SLUICE_EXACTLY_ONCE_SUPPORTED);
}

TEST(FileSourceConnector, HasASayInChangedOffsets) {
  const auto &desc = sluice::testing::find_connector(file_plugin(), kSource);
  EXPECT_EQ(desc.get_extension(sluice::to_abi("sluice.nonsense/1")), nullptr);
  const auto *extension = static_cast<const sluice_alter_offsets_vtbl *>(
      desc.get_extension(sluice::to_abi(SLUICE_ALTER_OFFSETS)));
  ASSERT_NE(extension, nullptr);
  const sluice_kv file{sluice::to_abi("file"), sluice::to_abi("/x")};
  const auto asked = [&](sluice_str partition, sluice_str offset) {
    const sluice_offset_change change{partition, offset};
    std::int32_t complete = 0;
    const sluice_status status =
        extension->alter_offsets(nullptr, &file, 1, &change, 1, &complete, nullptr);
    return std::pair(status, complete);
  };
  const sluice_str none{};
  const auto partition = sluice::to_abi(R"({"filename":"/x"})");
  const auto agreed = std::pair<sluice_status, std::int32_t>(SLUICE_OK, 1);
  const auto refused = std::pair<sluice_status, std::int32_t>(SLUICE_E_FATAL, 0);
  EXPECT_EQ(asked(partition, sluice::to_abi(R"({"position":0})")), agreed);
  EXPECT_EQ(asked(none, none), agreed);
  EXPECT_EQ(asked(none, sluice::to_abi(R"({"position":0})")), refused);
  EXPECT_EQ(asked(partition, sluice::to_abi(R"({"position":-1})")), refused);
  EXPECT_EQ(asked(partition, sluice::to_abi(R"({"position":"5"})")), refused);
  EXPECT_EQ(asked(partition, sluice::to_abi("{}")), refused);
}

TEST(FileSourceConnector, KeysAreConnects) {
  const sluice_config_def &keys = *sluice::testing::find_connector(file_plugin(), kSource).config;
  ASSERT_EQ(keys.n_keys, 3U);
  EXPECT_EQ(sluice::view(keys.keys[0]->name), "file");
  EXPECT_EQ(keys.keys[0]->flags, SLUICE_KEY_OPTIONAL);
  EXPECT_EQ(keys.keys[0]->importance, SLUICE_IMPORTANCE_HIGH);
  EXPECT_EQ(sluice::view(keys.keys[1]->name), "topic");
  EXPECT_EQ(keys.keys[1]->default_value.ptr, nullptr);
  EXPECT_EQ(keys.keys[1]->validator->kind, SLUICE_VALIDATOR_NON_EMPTY);
  EXPECT_EQ(sluice::view(keys.keys[2]->name), "batch.size");
  EXPECT_EQ(keys.keys[2]->type, SLUICE_CONFIG_INT);
  EXPECT_EQ(sluice::view(keys.keys[2]->default_value), "2000");
  EXPECT_EQ(keys.keys[2]->importance, SLUICE_IMPORTANCE_LOW);
}

} // namespace
