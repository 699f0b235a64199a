#include "file_source.h"

#include <algorithm>
#include <utility>

namespace file {
namespace {

namespace log = sluice::log;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// A poll never gives more lines than this, so that what one batch needs can be set aside once.
constexpr std::int32_t kMostLines = 8192;

// An empty name means standard input too.
std::optional<std::string> file_of(const sluice::config &settings) {
  auto file = settings[kSourceFile];
  return file && !file->empty() ? file : std::nullopt;
}

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count();
}

} // namespace

void FileSourceConnector::start(const sluice::config &settings) {
  one_task::start(settings);
  log::info(context(), "Starting file source connector reading from {}",
            file_of(settings).value_or("standard input"));
}

bool FileSourceConnector::supports_exactly_once(const sluice::config &settings) {
  return file_of(settings).has_value();
}

bool FileSourceConnector::alter_offsets(const sluice::config &settings,
                                        const std::vector<sluice::offset_change> &changes) {
  if (!file_of(settings))
    throw sluice::fatal_error("Offsets cannot be modified if the 'file' configuration is "
                              "unspecified. This is because stdin is used for input and offsets "
                              "are not tracked.");
  for (const auto &[partition, offset] : changes) {
    if (!offset)
      continue;
    if (!offset->contains("position"))
      throw sluice::fatal_error(
          "Offset objects should either be null or contain the key 'position'");
    const auto position = offset->integer("position");
    if (!position)
      throw sluice::fatal_error(
          "The value for the 'position' key in the offset is expected to be a Long value");
    if (*position < 0)
      throw sluice::fatal_error(
          "The value for the 'position' key in the offset should be a non-negative value");
    if (!partition)
      throw sluice::fatal_error("Partition objects cannot be null");
    if (!partition->contains("filename"))
      throw sluice::fatal_error("Partition objects should contain the key 'filename'");
  }
  return true;
}

void FileSource::start(const sluice::config &settings) {
  const auto path = file_of(settings);
  topic_ = settings[kTopic];
  most_lines_ = static_cast<std::size_t>(std::clamp(settings[kBatchSize], 1, kMostLines));
  longest_line_ = static_cast<std::size_t>(context_.max_record_bytes());
  prototype_.topic = sluice::to_abi(topic_);
  prototype_.partition = -1;
  prototype_.value.schema = context_.primitive(SLUICE_STRING);
  if (path) {
    const auto from = context_.partition(sluice::json_object().set("filename", *path));
    prototype_.source_partition = from.id;
    position_ = stored_position(from);
  }
  input_.emplace(context_, path, position_);
}

std::int64_t FileSource::stored_position(sluice::source_partition from) const {
  const auto stored = context_.stored_offset(from);
  if (!stored || !stored->contains("position"))
    return 0;
  const auto position = stored->integer("position");
  if (!position)
    throw sluice::fatal_error("Offset position is the incorrect type");
  return std::max<std::int64_t>(*position, 0);
}

sluice::source_batch FileSource::poll(milliseconds max_wait) {
  const auto begin = Clock::now();
  for (;;) {
    if (auto batch = take_lines())
      return batch;
    if (read())
      continue;
    lines_.release_memory();
    batches_.trim();
    const auto waited = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
    if (waited > max_wait || !input_->wait(waiter_, max_wait - waited))
      return {};
  }
}

sluice::source_batch FileSource::take_lines() {
  std::optional<Line> line = next_line();
  if (!line && lines_.unfinished() > longest_line_ + 1) // one byte may be a \r without its \n yet
    is_next_too_long_ = true;
  if (is_next_too_long_)
    refuse_line();
  if (!line)
    return {};

  const auto batch = batches_.take();
  batch->records.clear();
  batch->offsets.clear();
  batch->records.reserve(most_lines_);
  batch->offsets.reserve(most_lines_); // records point at them
  batch->chunk = lines_.chunk();
  prototype_.timestamp_ms = now_ms();
  do {
    is_next_too_long_ = line->text.size() > longest_line_;
    if (is_next_too_long_)
      break;
    add(*batch, *line);
  } while (batch->records.size() < most_lines_ && (line = next_line()));
  if (batch->records.empty())
    refuse_line();
  return {batch, batch->records};
}

std::optional<Line> FileSource::next_line() {
  if (auto line = lines_.next())
    return line;
  if (!has_ended_)
    return std::nullopt;
  if (auto line = lines_.last())
    return line;
  has_ended_ = false;
  position_ = 0; // in the file that comes next
  return std::nullopt;
}

void FileSource::add(Batch &batch, const Line &line) {
  position_ += static_cast<std::int64_t>(line.length);
  const PositionText &offset = batch.offsets.emplace_back(position_);
  sluice_source_record &record = batch.records.emplace_back(prototype_);
  record.value = sluice::datum::text(line.text, prototype_.value.schema);
  if (record.source_partition != 0)
    record.source_offset = offset.abi();
}

bool FileSource::read() {
  const Input::Result result = input_->read(lines_.room());
  lines_.filled(result.bytes);
  switch (result.outcome) {
  case Input::Outcome::Data:
    return true;
  case Input::Outcome::Nothing:
    return false;
  case Input::Outcome::Ended:
    has_ended_ = true;
    return true;
  case Input::Outcome::Cut:
    if (lines_.unfinished() > 0)
      log::warn(context_, "dropped the {} bytes of {} that no line end followed",
                lines_.unfinished(), input_->name());
    lines_.clear();
    position_ = 0;
    return true;
  }
  return false;
}

void FileSource::refuse_line() const {
  throw sluice::fatal_error(
      "the line at byte {} of {} has more than {} bytes, the most that a record may have; raise "
      "max.request.size (producer.override.max.request.size for this connector) and the topic's "
      "max.message.bytes",
      position_, input_->name(), longest_line_);
}

} // namespace file
