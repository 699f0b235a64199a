#include "file_sink.h"

#include "java_text.h"

namespace file {
namespace {

std::optional<std::string> file_of(const sluice::config &settings) {
  auto file = settings[kSinkFile];
  return file && !file->empty() ? file : std::nullopt;
}

} // namespace

void FileSinkConnector::start(const sluice::config &settings) {
  same_tasks::start(settings);
  sluice::log::info(context(), "Starting file sink connector writing to {}",
                    file_of(settings).value_or("standard output"));
}

void FileSink::start(const sluice::config &settings) {
  writer_.emplace(context_, file_of(settings));
}

// A failure that may pass (a full disk) leaves taken_ where it was: the same batch comes again, and
// no line of it is written twice.
void FileSink::put(const sluice::sink_batch &batch) {
  for (; taken_ < batch.size(); ++taken_) {
    const sluice::value value = batch[taken_].value();
    if (value.is_text()) {
      writer_->append(value.text());
      continue;
    }
    text_.clear();
    append_java_text(text_, value);
    writer_->append(text_);
  }
  writer_->write_out();
  taken_ = 0;
}

void FileSink::flush() { writer_->sync(); }

// A batch that was to come again will not: its partitions may be another task's now.
void FileSink::close(std::span<const sluice_tp>, bool) {
  writer_->forget_unwritten();
  taken_ = 0;
}

} // namespace file
