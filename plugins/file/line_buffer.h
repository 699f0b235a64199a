#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "sluice/pool.hpp"

namespace file {

// A piece of a file in memory. What was filled stays as it is until the last user drops it.
class Chunk {
public:
  // Makes it empty, with this capacity. The memory is not touched.
  void reset(std::size_t capacity);

  char *data() noexcept { return bytes_.get(); }
  const char *data() const noexcept { return bytes_.get(); }
  std::size_t capacity() const noexcept { return capacity_; }

private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
};

struct Line {
  std::string_view text;  // without its end
  std::size_t length = 0; // with its end
};

// Cuts a stream of bytes into lines that end in \n, \r\n or \r, as Java's readers do. A \r that is
// the last byte so far ends its line only when the next byte is known. Lines are views into a
// chunk; each byte is searched once, and copied only if it belongs to a line that a chunk's end
// divides. One thread.
class LineBuffer {
public:
  // Where the next bytes go; never empty. Then say how many came.
  std::span<char> room();
  void filled(std::size_t n) noexcept { end_ += n; }

  // The next line that is complete.
  std::optional<Line> next();
  // What is left behind the last complete line, if anything, when no more bytes will come.
  std::optional<Line> last();
  // Keeps the lines that next() and last() have returned since room() alive.
  std::shared_ptr<const Chunk> chunk() const noexcept { return chunk_; }

  // Bytes behind the last complete line; only right when next() has found nothing.
  std::size_t unfinished() const noexcept { return end_ - begin_; }
  // Forgets them.
  void clear() noexcept;
  // Gives up the memory that is not in use.
  void release_memory();

private:
  // Finds the next place of one character. Remembers it, and how far it has looked.
  class Finder {
  public:
    explicit Finder(char wanted) noexcept : wanted_(wanted) {}
    std::size_t find(const char *data, std::size_t begin, std::size_t end) noexcept;
    // The bytes now lie this much closer to the chunk's start.
    void shift(std::size_t by) noexcept;

  private:
    char wanted_;
    std::size_t at_ = kNone;
    std::size_t searched_ = 0;
  };

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Line cut(std::size_t length_of_text, std::size_t length_of_end) noexcept;

  sluice::recycling_pool<Chunk> chunks_{2};
  std::shared_ptr<Chunk> chunk_;
  std::size_t begin_ = 0; // of the first line that was not returned
  std::size_t end_ = 0;   // of what was filled
  Finder newline_{'\n'};
  Finder carriage_return_{'\r'};
};

} // namespace file
