#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "change_watch.h"
#include "descriptor.h"
#include "sluice/sluice.hpp"

namespace file {

// Where lines come from: a file that may not be there yet, grow, be cut or be replaced; or a stream
// (standard input, a FIFO, a device), which is read once. One thread.
//
// A file is known by its inode. When another file takes its place, what the old one still gets is
// read until the new one holds something: a writer that keeps its descriptor for a while after the
// rename loses nothing.
class Input {
public:
  // Reads `path`, from `position` if the file has that many bytes; without a path standard input.
  Input(const sluice::context &context, std::optional<std::string> path, std::int64_t position);

  enum class Outcome {
    Data,    // bytes came, or may come at once
    Nothing, // none for now: wait
    Ended,   // the file was replaced, or the stream is at its end: what was read is complete
    Cut      // the file is shorter than what was read of it: reading goes on at its beginning
  };
  struct Result {
    Outcome outcome = Outcome::Nothing;
    std::size_t bytes = 0;
  };
  // Does not wait. Throws where the file is there and cannot be read.
  Result read(std::span<char> room);

  // Waits for a change; false: it was woken, or the time is over.
  bool wait(sluice::waiter &waiter, std::chrono::milliseconds max_wait);

  // For messages.
  std::string name() const { return path_ ? *path_ : "standard input"; }

private:
  bool is_open() const noexcept { return descriptor_.is_open(); }
  // Data: it is open now. Nothing: there is no such file.
  Result open();
  Result go_to(std::int64_t position);
  Result read_stream(std::span<char> room);
  // At the end of the bytes: is it still this file, and still this long?
  Result look_for_change();
  bool is_unchanged();
  bool is_opened(const struct stat &other) const noexcept;
  [[noreturn]] void fail(const char *doing, int error) const;

  sluice::context context_;
  std::optional<std::string> path_;
  Descriptor descriptor_;
  struct stat opened_ {};
  bool is_stream_ = false;
  bool has_ended_ = false; // a stream
  bool is_replaced_ = false;
  bool is_at_path_ = false; // the path led to the open file at the last look
  bool has_warned_missing_ = false;
  std::int64_t position_; // to begin at when it is opened; then, behind what was read
  ChangeWatch watch_;
};

} // namespace file
