#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <string>

#include "sluice/sluice.hpp"

// A sink that shows the one promise that matters: an offset is committed only when the record is
// safe. Each topic's values go to <folder>/<topic>, one per line.
namespace {

inline constexpr sluice::key<std::string> kFolder{.name = "folder",
                                                  .importance = sluice::importance::high,
                                                  .doc = "Where the files go; must exist",
                                                  .must_be = sluice::non_empty()};

class FolderSink {
public:
  explicit FolderSink(const sluice::sink_context &context) : context_(context) {}
  ~FolderSink() {
    for (const auto &[topic, file] : files_)
      ::close(file);
  }

  void start(const sluice::config &settings) {
    folder_ = settings[kFolder];
    written_ = sluice::counter(context_, {.name = "records_written", .help = "Records written"});
  }

  // Takes a batch. Returning says "accepted", not "stored".
  void put(const sluice::sink_batch &batch) {
    for (const sluice::sink_record record : batch) {
      const sluice::value value = record.value();
      if (!value.is_text() && value.type() != SLUICE_BYTES)
        throw sluice::data_error("{}-{}@{}: only text and bytes can be written", record.topic(),
                                 record.partition(), record.offset());
      lines_[std::string(record.topic())].append(value.text()).append("\n");
    }
    written_.add(static_cast<double>(batch.size()));
  }

  // Before offsets are committed: what was accepted must be stored now. If this throws, the records
  // since the last commit come again.
  void flush() {
    for (auto &[topic, lines] : lines_) {
      const int file = file_of(topic);
      if (::write(file, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size()) ||
          ::fdatasync(file) != 0)
        throw sluice::retriable_error("cannot write {}/{}: {}", folder_, topic,
                                      std::strerror(errno));
      lines.clear();
    }
  }

  // Partitions go to another task: what is not stored yet will come to it.
  void close(std::span<const sluice_tp>, bool) { lines_.clear(); }

private:
  int file_of(const std::string &topic) {
    if (const auto known = files_.find(topic); known != files_.end())
      return known->second;
    const std::string path = folder_ + "/" + topic;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0)
      throw sluice::fatal_error("cannot open {}: {}", path, std::strerror(errno));
    return files_[topic] = file;
  }

  sluice::sink_context context_;
  sluice::counter written_;
  std::string folder_;
  std::map<std::string, std::string> lines_; // by topic: accepted, not stored
  std::map<std::string, int> files_;
};

} // namespace

SLUICE_PLUGIN("example-sink", "1.0",
              sluice::sink_connector<FolderSink>({.class_name = "example.FolderSinkConnector",
                                                  .version = "1.0",
                                                  .summary = "Writes each topic to a file",
                                                  .keys = &sluice::keys<kFolder>}));
