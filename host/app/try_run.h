#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/app/cli_command.h"
#include "host/app/cli_screen.h"
#include "host/app/try_pipeline.h"
#include "host/app/try_record.h"
#include "host/app/try_worker.h"
#include "host/base/fd.h"

namespace host::app::dry_run {

// The lines of a file or of standard input (`-`), of any length. One thread.
class Lines {
public:
  static Result<Lines> open(const std::string &path);
  // The next line without its end; nothing at the end of the file. Good until the next call.
  // `before_wait` runs before more is read, which may take long.
  Result<std::optional<std::string_view>> next(const std::function<void()> &before_wait);

private:
  explicit Lines(UniqueFd owned, int fd) : owned_(std::move(owned)), fd_(fd) {}

  UniqueFd owned_; // none for standard input
  int fd_;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool ended_ = false;
};

// Turns lines of a case file into lines of results. Keeps the pipeline of the last configuration.
// One thread.
class CaseRunner {
public:
  explicit CaseRunner(WorkerSide worker = {}) : worker_(std::move(worker)) {}

  // Never fails: what cannot be a case gives an error line. `number` is for messages.
  void run(std::string_view line, std::size_t number, std::string &out);

private:
  Result<Pipeline> &pipeline(Config config, transform::Direction direction);
  Result<Pipeline> start();

  WorkerSide worker_;
  Config config_;
  transform::Direction direction_ = transform::Direction::Sink;
  std::unique_ptr<Result<Pipeline>> pipeline_;
  std::unique_ptr<Redactor> hidden_; // of this configuration
};

// `sluice try`: the exit status.
int run_try(const cli::TryOptions &options, cli::Screen &screen);

} // namespace host::app::dry_run
