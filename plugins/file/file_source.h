#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "input.h"
#include "line_buffer.h"
#include "position_text.h"
#include "sluice/sluice.hpp"

namespace file {

inline constexpr sluice::key<std::optional<std::string>> kSourceFile{
    .name = "file",
    .importance = sluice::importance::high,
    .doc = "The file to read. Without it, standard input is read"};

inline constexpr sluice::key<std::string> kTopic{.name = "topic",
                                                 .importance = sluice::importance::high,
                                                 .doc = "The topic that lines are written to",
                                                 .must_be = sluice::non_empty()};

inline constexpr sluice::key<std::int32_t> kBatchSize{
    .name = "batch.size",
    .by_default = 2000,
    .importance = sluice::importance::low,
    .doc = "The most lines that are taken from the file at a time"};

inline constexpr auto &kSourceKeys = sluice::keys<kSourceFile, kTopic, kBatchSize>;

// One task, whatever tasks.max says: a file has one reader.
class FileSourceConnector : public sluice::one_task {
public:
  using one_task::one_task;

  void start(const sluice::config &settings);
  // Standard input cannot be read twice.
  static bool supports_exactly_once(const sluice::config &settings);
  // Offsets of this form only; removing any is fine. Whether a position is one of the file's shows
  // when the task starts.
  static bool alter_offsets(const sluice::config &settings,
                            const std::vector<sluice::offset_change> &changes);
};

// Reads a file line by line and goes on where it ended last time. A record's value is the line
// without its end, its offset the position in bytes behind that end.
//
// Lines are not copied: a batch refers to the chunk that they were read into. Runs on the task's
// thread but for cancel and wake.
class FileSource {
public:
  explicit FileSource(const sluice::source_context &context) : context_(context) {}

  void start(const sluice::config &settings);
  sluice::source_batch poll(std::chrono::milliseconds max_wait);
  void cancel() noexcept { waiter_.notify(); }
  void wake() noexcept { waiter_.notify(); }

private:
  // What one poll gives: records, their offsets' text, and the chunk that their lines are in.
  struct Batch {
    std::vector<sluice_source_record> records;
    std::vector<PositionText> offsets;
    std::shared_ptr<const Chunk> chunk;
  };

  std::int64_t stored_position(sluice::source_partition from) const;
  sluice::source_batch take_lines();
  std::optional<Line> next_line();
  void add(Batch &batch, const Line &line);
  // Takes what is there into the buffer; false: nothing for now.
  bool read();
  [[noreturn]] void refuse_line() const;

  sluice::source_context context_;
  sluice::waiter waiter_;
  std::optional<Input> input_;
  LineBuffer lines_;
  sluice::recycling_pool<Batch> batches_{2};
  std::string topic_;
  std::size_t most_lines_ = 0;
  std::size_t longest_line_ = 0;
  sluice_source_record prototype_{};
  std::int64_t position_ = 0;     // behind the last line that was taken
  bool has_ended_ = false;        // what is buffered is all there will be of this file
  bool is_next_too_long_ = false; // the line at position_
};

} // namespace file
