#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "descriptor.h"
#include "sluice/sluice.hpp"

namespace file {

// Appends lines to a file, or to standard output, in writes of whole lines of at most 64 KiB (a
// longer line is a write of its own): lines of several writers do not mix, and only a process that
// is killed can leave a part of one. Such a part, or a last line that never had an end, is ended
// when the file is opened. One thread.
class LineWriter {
public:
  // Creates the file if there is none. Throws where that cannot be done.
  LineWriter(const sluice::context &context, std::optional<std::string> path);

  // Adds a line; it may be buffered. Throws before it has taken any of it.
  void append(std::string_view text);
  // Writes what is buffered. After a retriable_error the rest is still there.
  void write_out();
  // Drops what is buffered, but for the rest of a line that was begun.
  void forget_unwritten();
  // Waits until all that was written is on the disk.
  void sync();

private:
  void end_last_line(const sluice::context &context) const;

  const std::string name_; // for messages
  const bool is_file_;
  Descriptor descriptor_;
  std::string buffer_;
  bool is_inside_line_ = false; // a write ended in the middle of the buffer's first line
};

} // namespace file
