#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "line_writer.h"
#include "sluice/sluice.hpp"

namespace file {

inline constexpr sluice::key<std::optional<std::string>> kSinkFile{
    .name = "file",
    .importance = sluice::importance::high,
    .doc = "The file to write. Without it, lines go to standard output"};

inline constexpr auto &kSinkKeys = sluice::keys<kSinkFile>;

// tasks.max tasks, which append to the same file.
class FileSinkConnector : public sluice::same_tasks {
public:
  using same_tasks::same_tasks;

  void start(const sluice::config &settings);
  // The consumer group's are all there are.
  static bool alter_offsets(const sluice::config &, const std::vector<sluice::offset_change> &) {
    return true;
  }
};

// Writes each record's value as one line: text and bytes as they are, anything else as Java prints
// it. Lines are in the file when put returns, and on the disk when their offsets are committed.
// Runs on the task's thread.
class FileSink {
public:
  explicit FileSink(const sluice::sink_context &context) : context_(context) {}

  void start(const sluice::config &settings);
  void put(const sluice::sink_batch &batch);
  void flush();
  void close(std::span<const sluice_tp>, bool lost);

private:
  sluice::sink_context context_;
  std::optional<LineWriter> writer_;
  std::string text_;
  std::size_t taken_ = 0; // records of the present batch that the writer has
};

} // namespace file
