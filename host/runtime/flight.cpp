#include "host/runtime/flight.h"

#include <algorithm>
#include <utility>

namespace host::runtime {

void DeliveryPort::completed(Flight &flight) {
  Flight *head = completed_.load(std::memory_order_relaxed);
  do {
    flight.next_completed_ = head;
  } while (!completed_.compare_exchange_weak(head, &flight, std::memory_order_acq_rel));
}

bool DeliveryPort::failed(const DeliveryFailure &failure) {
  std::lock_guard lock(mutex_);
  if (failures_.empty() || collects_)
    failures_.push_back(failure);
  has_failed_.store(true, std::memory_order_release);
  return collects_;
}

void DeliveryPort::collect_failures() {
  std::lock_guard lock(mutex_);
  collects_ = true;
}

std::vector<DeliveryFailure> DeliveryPort::take_failures() {
  std::lock_guard lock(mutex_);
  has_failed_.store(false, std::memory_order_release);
  return std::exchange(failures_, {});
}

std::vector<DeliveryFailure> DeliveryPort::end_collecting() {
  std::lock_guard lock(mutex_);
  return std::exchange(collects_, false) ? std::exchange(failures_, {})
                                         : std::vector<DeliveryFailure>();
}

void DeliveryPort::take_completed(std::vector<Flight *> &into) {
  into.clear();
  for (Flight *flight = completed_.exchange(nullptr, std::memory_order_acquire); flight != nullptr;
       flight = flight->next_completed_)
    into.push_back(flight);
  std::reverse(into.begin(), into.end());
}

std::optional<DeliveryFailure> DeliveryPort::failure() const {
  std::lock_guard lock(mutex_);
  return failures_.empty() ? std::nullopt : std::optional(failures_.front());
}

void Flight::begin(const plugin::SourceBatch &batch, bool want_deliveries) {
  batch_ = batch;
  size_ = static_cast<std::uint32_t>(batch.size);
  if (size_ > capacity_) {
    capacity_ = size_;
    entries_ = std::make_unique<Entry[]>(capacity_);
    for (std::uint32_t i = 0; i < capacity_; ++i)
      entries_[i].flight = this;
    turn_ = 0;
  }
  if (++turn_ == 0) {
    for (std::uint32_t i = 0; i < capacity_; ++i)
      entries_[i].mark.store(0, std::memory_order_relaxed);
    turn_ = 1;
  }
  want_deliveries_ = want_deliveries;
  if (want_deliveries && size_ > deliveries_capacity_) {
    deliveries_capacity_ = size_;
    deliveries_ = std::make_unique<sluice_delivery[]>(size_);
  }
  spoilt_.store(false, std::memory_order_relaxed);
  partitions_.clear();
  // One more than there are records, so that it does not complete while it is filled.
  remaining_.store(size_ + 1, std::memory_order_relaxed);
}

void Flight::settle_here(std::uint32_t index, std::int32_t outcome) {
  entries_[index].mark.store(turn_, std::memory_order_release);
  if (want_deliveries_)
    deliveries_[index] = {outcome, -1, -1, -1};
  remaining_.fetch_sub(1, std::memory_order_relaxed); // filled() is still to come
}

void Flight::settle_late(std::uint32_t index, bool good) {
  if (good)
    entries_[index].mark.store(turn_, std::memory_order_release);
  else
    spoilt_.store(true, std::memory_order_relaxed);
  if (want_deliveries_)
    deliveries_[index] = {SLUICE_SKIPPED, -1, -1, -1};
  subtract(1);
}

void Flight::filled(std::uint32_t count) {
  if (count < size_)
    spoilt_.store(true, std::memory_order_relaxed);
  subtract(size_ - count + 1);
}

bool Flight::note(Entry &entry, const kafka::Delivery &delivery) {
  const auto index = static_cast<std::uint32_t>(&entry - entries_.get());
  if (delivery.error != kafka::ErrorCode::None) [[unlikely]] {
    if (port_.failed({this, index, delivery.error}))
      return false;
    spoilt_.store(true, std::memory_order_relaxed);
    return true;
  }
  if (want_deliveries_)
    deliveries_[index] = {SLUICE_DELIVERED, delivery.partition, delivery.offset,
                          batch_[index].timestamp_ms};
  entry.mark.store(turn_, std::memory_order_release);
  return true;
}

void Flight::settle(std::uint32_t records, std::uint32_t settled, std::uint64_t bytes) {
  port_.returned(records, bytes);
  if (settled > 0)
    subtract(settled);
}

void Flight::subtract(std::uint32_t count) {
  if (remaining_.fetch_sub(count, std::memory_order_acq_rel) == count)
    port_.completed(*this);
}

void Flight::deliver(std::span<const kafka::Delivery> deliveries) {
  Flight *flight = nullptr;
  std::uint32_t records = 0;
  std::uint32_t settled = 0;
  std::uint64_t bytes = 0;
  for (const kafka::Delivery &delivery : deliveries) {
    auto *entry = static_cast<Entry *>(delivery.opaque);
    if (entry->flight != flight) {
      if (flight != nullptr)
        flight->settle(records, settled, bytes);
      flight = entry->flight;
      records = 0;
      settled = 0;
      bytes = 0;
    }
    ++records;
    bytes += delivery.bytes;
    settled += flight->note(*entry, delivery) ? 1 : 0;
  }
  if (flight != nullptr)
    flight->settle(records, settled, bytes);
}

} // namespace host::runtime
