#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sluice/abi/source.h>

#include "host/kafka/record.h"
#include "host/plugin/source_instance.h"

namespace host::runtime {

class Flight;

// A record of a task that Kafka refused.
struct DeliveryFailure {
  Flight *flight = nullptr;
  std::uint32_t index = 0;
  kafka::ErrorCode error = kafka::ErrorCode::None;
};

// What the threads that serve deliveries tell a source task: how much came back, which batches are
// complete, what failed. Written by whoever polls the producer, read by the task; no lock but for a
// failure. Outlives its flights.
class DeliveryPort {
public:
  // Serving threads.
  void returned(std::uint64_t records, std::uint64_t bytes) {
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    records_.fetch_add(records, std::memory_order_release);
  }
  void completed(Flight &flight);
  // Whether the task will settle the record itself.
  bool failed(const DeliveryFailure &failure);

  // The task: from now on every failure waits for it (Flight::settle_late) instead of spoiling its
  // flight.
  void collect_failures();
  std::vector<DeliveryFailure> take_failures();
  // The last ones; later ones spoil their flights.
  std::vector<DeliveryFailure> end_collecting();

  // The task.
  std::uint64_t records() const { return records_.load(std::memory_order_acquire); }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // The complete flights, oldest first as far as their completion goes.
  void take_completed(std::vector<Flight *> &into);
  bool has_completed() const { return completed_.load(std::memory_order_relaxed) != nullptr; }
  // The first, if they are not collected.
  std::optional<DeliveryFailure> failure() const;
  bool has_failed() const { return has_failed_.load(std::memory_order_acquire); }

private:
  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<Flight *> completed_{nullptr}; // a stack, linked by Flight::next_completed_
  std::atomic<bool> has_failed_{false};
  mutable std::mutex mutex_;
  std::vector<DeliveryFailure> failures_; // guarded by mutex_
  bool collects_ = false;                 // guarded by mutex_
};

// One polled batch on its way to Kafka. The task fills it and takes it back when every record has
// its outcome; in between, deliveries are noted by any thread. Used again for later batches.
//
// A record's entry travels as the opaque of its message. An entry is done when its mark is the
// flight's turn, so that using a flight again need not touch its entries.
class Flight {
public:
  struct Entry {
    Flight *flight = nullptr;
    std::uint32_t next = 0; // the ledger's: next record of the same source partition
    std::atomic<std::uint8_t> mark{0};
  };
  static_assert(sizeof(Entry) == 16);

  explicit Flight(DeliveryPort &port) : port_(port) {}
  Flight(const Flight &) = delete;
  Flight &operator=(const Flight &) = delete;

  // ---- the task ----
  // Takes the batch; it cannot complete before filled().
  void begin(const plugin::SourceBatch &batch, bool want_deliveries);
  // A record that goes no further: dropped by a transform, or let pass after a failure.
  void settle_here(std::uint32_t index, std::int32_t outcome);
  // The same for one whose delivery failed, or whose dead letter is stored, at any later time. Not
  // `good`: there is no good outcome after all.
  void settle_late(std::uint32_t index, bool good);
  // The records from `count` on were not produced (the batch ended early); zero is left of them.
  // Complete at once if nothing is out.
  void filled(std::uint32_t count);
  const plugin::SourceBatch &batch() const { return batch_; }
  std::uint32_t size() const { return size_; }
  Entry &entry(std::uint32_t index) { return entries_[index]; }
  bool done(std::uint32_t index) const {
    return entries_[index].mark.load(std::memory_order_acquire) == turn_;
  }
  // Some record has no good outcome: the flight says nothing about offsets beyond its marks.
  bool spoilt() const { return spoilt_.load(std::memory_order_relaxed); }
  std::span<const sluice_delivery> deliveries() const { return {deliveries_.get(), size_}; }
  // The ledger's: source partitions with a run in this flight.
  std::vector<std::uint32_t> &partitions() { return partitions_; }

  // ---- any thread ----
  // Notes what became of records of any tasks' flights.
  static void deliver(std::span<const kafka::Delivery> deliveries);

private:
  friend class DeliveryPort;
  // False: the record waits for settle_late.
  bool note(Entry &entry, const kafka::Delivery &delivery);
  void settle(std::uint32_t records, std::uint32_t settled, std::uint64_t bytes);
  void subtract(std::uint32_t count);

  DeliveryPort &port_;
  plugin::SourceBatch batch_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
  std::uint8_t turn_ = 0; // never zero once begun
  std::atomic<bool> spoilt_{false};
  std::atomic<std::uint32_t> remaining_{0};
  std::unique_ptr<Entry[]> entries_;
  bool want_deliveries_ = false;
  std::unique_ptr<sluice_delivery[]> deliveries_;
  std::uint32_t deliveries_capacity_ = 0;
  std::vector<std::uint32_t> partitions_;
  Flight *next_completed_ = nullptr;
};

} // namespace host::runtime
