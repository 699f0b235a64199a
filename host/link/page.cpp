#include "host/link/page.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace host::link {
namespace {

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

tl::unexpected<Error> system_failure(std::string_view what) {
  return fail(Code::Io, fmt::format("the page shared with a runner cannot be {}: {}", what,
                                    std::strerror(errno)));
}

template <class T> T load(const std::atomic<T> &value) {
  return value.load(std::memory_order_relaxed);
}

Callback known_callback(std::uint32_t value) {
  return value <= static_cast<std::uint32_t>(metrics::kLastCallback) ? static_cast<Callback>(value)
                                                                     : Callback::None;
}

Stage known_stage(std::uint32_t value) {
  return value <= static_cast<std::uint32_t>(Stage::Stopping) ? static_cast<Stage>(value)
                                                              : Stage::None;
}

std::string known_member_id(const TaskSlot &slot) {
  std::string id;
  for (const auto &c : slot.member_id) {
    const char byte = load(c);
    if (byte == '\0')
      return id;
    if (byte < 0x21 || byte > 0x7e)
      return {};
    id += byte;
  }
  return {}; // never terminated
}

} // namespace

Result<HostPage> HostPage::create() {
  HostPage result;
  result.fd_.reset(::memfd_create("sluice-page", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!result.fd_)
    return system_failure("created");
  if (::ftruncate(result.fd_.get(), sizeof(SharedPage)) != 0)
    return system_failure("sized");
  const std::uint32_t head[] = {SharedPage::kMagic, SharedPage::kVersion};
  static_assert(offsetof(SharedPage, magic) == 0 && offsetof(SharedPage, version) == 4);
  if (::pwrite(result.fd_.get(), head, sizeof head, 0) != sizeof head)
    return system_failure("written");
  if (::fcntl(result.fd_.get(), F_ADD_SEALS, kSeals) != 0)
    return system_failure("sealed");
  void *at = ::mmap(nullptr, sizeof(SharedPage), PROT_READ, MAP_SHARED, result.fd_.get(), 0);
  if (at == MAP_FAILED)
    return system_failure("mapped");
  result.page_ = static_cast<const SharedPage *>(at);
  return result;
}

HostPage::HostPage(HostPage &&other) noexcept
    : fd_(std::move(other.fd_)), page_(std::exchange(other.page_, nullptr)) {}
HostPage &HostPage::operator=(HostPage &&other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(page_, other.page_);
  return *this;
}
HostPage::~HostPage() {
  if (page_ != nullptr)
    ::munmap(const_cast<SharedPage *>(page_), sizeof(SharedPage));
}

Result<UniqueFd> HostPage::dup_fd() const {
  UniqueFd copy(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy)
    return system_failure("handed on");
  return copy;
}

Result<RunnerPage> RunnerPage::map(UniqueFd fd) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0)
    return system_failure("looked at");
  const int seals = ::fcntl(fd.get(), F_GET_SEALS);
  if (static_cast<std::size_t>(info.st_size) != sizeof(SharedPage) || seals < 0 ||
      (seals & kSeals) != kSeals)
    return fail(Code::Data, "the page shared with the host is not one of this build");
  void *at = ::mmap(nullptr, sizeof(SharedPage), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED)
    return system_failure("mapped");
  RunnerPage result;
  result.page_ = static_cast<SharedPage *>(at);
  if (result.page_->magic != SharedPage::kMagic || result.page_->version != SharedPage::kVersion)
    return fail(Code::Data, "the page shared with the host has another version");
  return result;
}

RunnerPage::RunnerPage(RunnerPage &&other) noexcept : page_(std::exchange(other.page_, nullptr)) {}
RunnerPage &RunnerPage::operator=(RunnerPage &&other) noexcept {
  std::swap(page_, other.page_);
  return *this;
}
RunnerPage::~RunnerPage() {
  if (page_ != nullptr)
    ::munmap(page_, sizeof(SharedPage));
}

CallbackReading read_callback(const TaskSlot &slot, std::int64_t now_boottime_ms) {
  CallbackReading reading;
  reading.incarnation = load(slot.incarnation);
  reading.ticks = load(slot.ticks);
  const std::uint32_t callback = slot.callback.load(std::memory_order_acquire);
  const std::int64_t since_ms = slot.callback_since_ms.load(std::memory_order_acquire);
  // Left, or left and entered again, while we looked: then nothing is stuck.
  if (callback != slot.callback.load(std::memory_order_acquire))
    return reading;
  reading.callback = known_callback(callback);
  if (reading.callback != Callback::None && since_ms > 0)
    reading.age_ms = std::max<std::int64_t>(now_boottime_ms - since_ms, 0);
  return reading;
}

SlotReading read_slot(const TaskSlot &slot, std::int64_t now_boottime_ms) {
  const CallbackReading callback = read_callback(slot, now_boottime_ms);
  SlotReading reading;
  reading.incarnation = callback.incarnation;
  reading.ticks = callback.ticks;
  reading.stage = known_stage(load(slot.stage));
  reading.callback = callback.callback;
  reading.callback_age_ms = callback.age_ms;
  reading.records_in = load(slot.records_in);
  reading.records_out = load(slot.records_out);
  reading.records_filtered = load(slot.records_filtered);
  reading.records_dead_lettered = load(slot.records_dead_lettered);
  reading.records_skipped = load(slot.records_skipped);
  reading.records_returned = load(slot.records_returned);
  reading.bytes_in = load(slot.bytes_in);
  reading.bytes_out = load(slot.bytes_out);
  reading.batches = load(slot.batches);
  reading.in_flight_records = load(slot.in_flight_records);
  reading.in_flight_bytes = load(slot.in_flight_bytes);
  reading.commits = load(slot.commits);
  reading.commit_failures = load(slot.commit_failures);
  reading.retries = load(slot.retries);
  reading.record_failures = load(slot.record_failures);
  reading.record_retries = load(slot.record_retries);
  reading.record_errors = load(slot.record_errors);
  reading.errors_logged = load(slot.errors_logged);
  reading.dead_letter_requests = load(slot.dead_letter_requests);
  reading.dead_letter_failures = load(slot.dead_letter_failures);
  reading.last_error_ms = load(slot.last_error_ms);
  reading.batch_records = metrics::read(slot.batch_records, now_boottime_ms);
  reading.active_records = metrics::read(slot.active_records, now_boottime_ms);
  reading.transfer_us = metrics::read(slot.transfer_us, now_boottime_ms);
  reading.commit_us = metrics::read(slot.commit_us, now_boottime_ms);
  if (const std::int64_t created = load(slot.created_ms); created > 0) {
    reading.age_ms = std::max<std::int64_t>(now_boottime_ms - created, 0);
    const std::int64_t since = load(slot.paused_since_ms);
    const std::int64_t paused = load(slot.paused_ms) + (since > 0 ? now_boottime_ms - since : 0);
    reading.paused_ms = std::clamp<std::int64_t>(paused, 0, reading.age_ms);
  }
  reading.partitions = load(slot.partitions);
  reading.commit_number = load(slot.commit_number);
  reading.commits_skipped = load(slot.commits_skipped);
  reading.member_id = known_member_id(slot);
  return reading;
}

void reset_slot(TaskSlot &slot, std::uint64_t incarnation) {
  const auto zero = [](auto &...values) { (values.store(0, std::memory_order_relaxed), ...); };
  zero(slot.ticks, slot.stage, slot.callback, slot.callback_since_ms, slot.records_in,
       slot.records_out, slot.records_filtered, slot.records_dead_lettered, slot.bytes_in,
       slot.bytes_out, slot.batches, slot.in_flight_records, slot.in_flight_bytes, slot.commits,
       slot.commit_failures, slot.retries, slot.records_skipped, slot.records_returned,
       slot.record_failures, slot.record_retries, slot.record_errors, slot.errors_logged,
       slot.dead_letter_requests, slot.dead_letter_failures, slot.last_error_ms, slot.created_ms,
       slot.paused_ms, slot.paused_since_ms, slot.partitions, slot.commit_number,
       slot.commits_skipped);
  for (auto *measure :
       {&slot.batch_records, &slot.active_records, &slot.transfer_us, &slot.commit_us})
    measure->reset();
  for (auto &c : slot.member_id)
    zero(c);
  slot.incarnation.store(incarnation, std::memory_order_release);
}

} // namespace host::link
