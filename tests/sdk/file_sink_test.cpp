#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "sluice/records.hpp"
#include "sluice/testing.hpp"
#include "temp_dir.h"

namespace {

using sluice::testing::call_failed;
using sluice::testing::put_record;
using ::testing::HasSubstr;

constexpr std::string_view kSink = "org.apache.kafka.connect.file.FileStreamSinkConnector";

const sluice_plugin &file_plugin() {
  static const sluice_plugin &plugin = sluice::testing::load(TEST_BUILD_DIR "/plugins/file.so");
  return plugin;
}

class FileSinkTest : public ::testing::Test {
protected:
  void start() {
    run_.emplace(host_, file_plugin(), kSink);
    run_->start({{"file", path_}});
  }

  put_record text(std::string_view value) {
    return {.value = sluice::datum::text(value, host_.schemas().primitive(SLUICE_STRING, true))};
  }

  TempDir dir_;
  std::string path_ = dir_ / "output.txt";
  sluice::testing::fake_host host_;
  std::optional<sluice::testing::sink_run> run_;
};

TEST_F(FileSinkTest, LinesAreThereWhenPutReturns) {
  start();
  run_->put({text("one"), text(""), text("three")});
  EXPECT_EQ(read(path_), "one\n\nthree\n");
  run_->put({});
  std::vector<sluice_tp> offsets{{sluice::to_abi("t"), 0, 0, 3}};
  run_->pre_commit(offsets);
  EXPECT_EQ(offsets[0].offset, 3);
}

TEST_F(FileSinkTest, AppendsToWhatIsThere) {
  write(path_, "before\n");
  start();
  run_->put({text("behind")});
  EXPECT_EQ(read(path_), "before\nbehind\n");
}

TEST_F(FileSinkTest, TornLastLineIsEndedNotContinued) {
  write(path_, "whole\nto");
  start();
  run_->put({text("torn")});
  EXPECT_EQ(read(path_), "whole\nto\ntorn\n");
  EXPECT_TRUE(host_.logged("did not end with a whole line"));
}

TEST_F(FileSinkTest, BytesAndNullAndLongLines) {
  start();
  const std::string bytes("\x00\xFF", 2);
  const std::string longer(300'000, 'y');
  run_->put({put_record{.value = sluice::datum::bytes(bytes)}, put_record{}, text(longer)});
  EXPECT_EQ(read(path_), bytes + "\nnull\n" + longer + "\n");
}

TEST_F(FileSinkTest, StructuredValuesAreJavaText) {
  sluice::tape map;
  map.begin_map().text("k").integer(SLUICE_I64, 1).text("l").null().end();
  start();
  run_->put({put_record{.value = sluice::datum::cells(map.cells(), nullptr)}});
  EXPECT_EQ(read(path_), "{k=1, l=null}\n");
}

TEST_F(FileSinkTest, OneTextCellIsWrittenLikeRawText) {
  sluice::tape cell;
  cell.text("in a cell");
  start();
  run_->put({put_record{.value = sluice::datum::cells(cell.cells(), nullptr)}});
  EXPECT_EQ(read(path_), "in a cell\n");
}

TEST_F(FileSinkTest, FolderThatIsMissingFailsAsInConnect) {
  path_ = dir_ / "missing/output.txt";
  try {
    start();
    FAIL() << "started";
  } catch (const call_failed &failed) {
    EXPECT_THAT(failed.message,
                HasSubstr("Couldn't find or create file '" + path_ + "' for FileStreamSinkTask"));
  }
}

// Standard output as a pipe that takes 4 KiB and then says "again": as a disk that is full.
class NarrowOutput {
public:
  NarrowOutput() {
    if (::pipe2(ends_, O_NONBLOCK) != 0 || ::fcntl(ends_[1], F_SETPIPE_SZ, 4096) < 0)
      throw std::runtime_error("no pipe");
    before_ = ::dup(STDOUT_FILENO);
    ::dup2(ends_[1], STDOUT_FILENO);
  }
  ~NarrowOutput() {
    ::dup2(before_, STDOUT_FILENO);
    for (const int fd : {before_, ends_[0], ends_[1]})
      ::close(fd);
  }

  // Takes out what there is.
  void drain() {
    char bytes[4096];
    for (ssize_t n; (n = ::read(ends_[0], bytes, sizeof bytes)) > 0;)
      text_.append(bytes, static_cast<std::size_t>(n));
  }
  const std::string &text() const { return text_; }

private:
  int ends_[2];
  int before_;
  std::string text_;
};

TEST_F(FileSinkTest, WriteThatFailsInTheMiddleGoesOnThere) {
  const std::string long_line(3000, 'x');
  const std::string longest(100'000, 'y');
  path_ = "";
  NarrowOutput output;
  start();
  int failures = 0;
  const auto retry = [&](const sluice_status status) {
    EXPECT_EQ(status, SLUICE_E_RETRY);
    ++failures;
    output.drain();
  };
  const std::vector<put_record> batch{text("first"), text(long_line), text(longest),
                                      text(long_line), text("last")};
  try {
    run_->put(batch);
  } catch (const call_failed &failed) {
    EXPECT_THAT(failed.message, HasSubstr("cannot write to standard output"));
    retry(failed.status);
  }
  for (bool is_done = false; !is_done;) {
    try {
      run_->put_again();
      is_done = true;
    } catch (const call_failed &failed) {
      retry(failed.status);
    }
  }
  output.drain();
  EXPECT_GT(failures, 10);
  EXPECT_EQ(output.text(), "first\n" + long_line + "\n" + longest + "\n" + long_line + "\nlast\n");
}

TEST_F(FileSinkTest, BatchThatIsGivenUpIsForgottenOnClose) {
  const std::string long_line(6000, 'x');
  path_ = "";
  NarrowOutput output;
  start();
  EXPECT_THROW(run_->put({text(long_line), text("second")}), call_failed);
  output.drain();
  run_->close({{sluice::to_abi("t"), 0, 0, -1}});
  run_->open({{sluice::to_abi("t"), 0, 0, 0}});
  run_->put({text("third")});
  output.drain();
  EXPECT_EQ(output.text(), long_line + "\nthird\n") << "the line that was begun, and no other";
}

TEST_F(FileSinkTest, WithoutAFileLinesGoToStandardOutput) {
  path_ = "";
  ::testing::internal::CaptureStdout();
  start();
  run_->put({text("shown")});
  std::vector<sluice_tp> offsets{{sluice::to_abi("t"), 0, 0, 1}};
  run_->pre_commit(offsets);
  run_.reset();
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "shown\n");
}

TEST(FileSinkConnector, HasAsManyTasksAsAllowed) {
  sluice::testing::fake_host host;
  const auto &desc = sluice::testing::find_connector(file_plugin(), kSink);
  EXPECT_EQ(sluice::testing::task_configs(host, desc, {{"file", "/x"}}, 3).size(), 3U);
}

} // namespace
