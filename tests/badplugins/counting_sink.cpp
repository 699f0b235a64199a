#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

#include "sluice/sluice.hpp"

// A sink for tests and benchmarks: it counts and drops.
namespace {

inline constexpr sluice::key<std::optional<std::string>> kCountFile{
    .name = "count.file", .doc = "Where flush writes records and bytes so far, as two numbers"};

class CountingSink {
public:
  explicit CountingSink(sluice::sink_context context) : context_(std::move(context)) {}

  void start(const sluice::config &settings) {
    count_file_ = settings[kCountFile];
    records_metric_ = sluice::counter(context_, {.name = "records", .help = "Records put"});
  }

  void put(const sluice::sink_batch &batch) {
    for (const sluice::sink_record record : batch) {
      const sluice::value value = record.value();
      const bool has_text = value.is_text() || value.type() == SLUICE_BYTES;
      bytes_ += has_text ? value.text().size() : 0;
    }
    records_ += batch.size();
    records_metric_.add(static_cast<double>(batch.size()));
  }

  void flush() {
    if (!count_file_)
      return;
    const std::string written = *count_file_ + ".new";
    std::ofstream(written) << records_ << ' ' << bytes_ << '\n';
    if (std::rename(written.c_str(), count_file_->c_str()) != 0)
      throw sluice::fatal_error("cannot write {}", *count_file_);
  }

private:
  sluice::sink_context context_;
  std::optional<std::string> count_file_;
  sluice::counter records_metric_;
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace

SLUICE_PLUGIN(
    "counting", "1.0",
    sluice::sink_connector<CountingSink>({.class_name = "sluice.test.CountingSinkConnector",
                                          .version = "1.0",
                                          .summary = "Counts records and drops them",
                                          .keys = &sluice::keys<kCountFile>}));
