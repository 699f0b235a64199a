#include "host/runtime/ledger.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace host::runtime {
namespace {

using Offsets = std::map<std::uint32_t, std::string>;

// A batch with text of its own, so that reading it after its release is seen by a sanitizer, and
// reading the wrong record by the values.
struct Batch {
  struct Record {
    std::uint32_t partition;
    std::string offset; // empty: no resume point
  };
  explicit Batch(std::vector<Record> from) : records(std::move(from)) {
    for (const auto &record : records) {
      sluice_source_record abi{};
      abi.source_partition = record.partition;
      if (!record.offset.empty())
        abi.source_offset = {record.offset.data(), record.offset.size()};
      abi_records.push_back(abi);
    }
    handle.struct_size = sizeof handle;
    view = {&handle, reinterpret_cast<const unsigned char *>(abi_records.data()), records.size(),
            sizeof(sluice_source_record)};
  }
  std::vector<Record> records;
  std::vector<sluice_source_record> abi_records;
  sluice_source_batch handle{};
  plugin::SourceBatch view;
};

// A task's side of the ledger without a task: batches in, deliveries in any order, offsets out.
class Desk {
public:
  explicit Desk(std::uint32_t partitions) { ledger.grow(partitions); }

  Flight &send(std::vector<Batch::Record> records, bool want_deliveries = false) {
    if (spare_.empty())
      spare_.push_back(std::make_unique<Flight>(port));
    auto flight = std::move(spare_.back());
    spare_.pop_back();
    Flight &result = *flight;
    auto batch = std::make_unique<Batch>(std::move(records));
    result.begin(batch->view, want_deliveries);
    for (std::uint32_t i = 0; i < result.size(); ++i)
      if (const auto &record = batch->records[i]; record.partition != 0)
        ledger.add(result, i, record.partition, !record.offset.empty());
    result.filled(result.size());
    out_.push_back({std::move(flight), std::move(batch)});
    return result;
  }

  static void deliver(Flight &flight, std::uint32_t index,
                      kafka::ErrorCode error = kafka::ErrorCode::None) {
    const kafka::Delivery delivery{&flight.entry(index), 100 + index, 3, error, 10};
    Flight::deliver({&delivery, 1});
  }

  // Takes back what is complete; its batch is gone afterwards.
  void settle() {
    std::vector<Flight *> completed;
    port.take_completed(completed);
    for (Flight *flight : completed) {
      flight->spoilt() ? ledger.block(*flight) : ledger.complete(*flight);
      const auto at = std::find_if(out_.begin(), out_.end(),
                                   [&](const auto &out) { return out.flight.get() == flight; });
      ASSERT_NE(at, out_.end());
      spare_.push_back(std::move(at->flight));
      out_.erase(at);
    }
  }

  Offsets take() {
    settle();
    Offsets offsets;
    for (const auto &offset : ledger.take())
      offsets[offset.partition] = offset.text;
    return offsets;
  }

  std::size_t out() const { return out_.size(); }

  DeliveryPort port;
  Ledger ledger;

private:
  struct Out {
    std::unique_ptr<Flight> flight;
    std::unique_ptr<Batch> batch;
  };
  std::vector<Out> out_;
  std::vector<std::unique_ptr<Flight>> spare_;
};

TEST(Ledger, CommitsTheAcknowledgedPrefix) {
  Desk desk(1);
  Flight &flight = desk.send({{1, "a"}, {1, "b"}, {1, "c"}});
  EXPECT_EQ(desk.take(), Offsets());
  desk.deliver(flight, 1);
  EXPECT_EQ(desk.take(), Offsets());
  desk.deliver(flight, 0);
  EXPECT_EQ(desk.take(), (Offsets{{1, "b"}}));
  EXPECT_EQ(desk.take(), Offsets());
  desk.deliver(flight, 2);
  EXPECT_EQ(desk.take(), (Offsets{{1, "c"}}));
  EXPECT_EQ(desk.out(), 0u);
}

TEST(Ledger, AStuckHeadBlocksItsPartitionOnly) {
  Desk desk(2);
  Flight &first = desk.send({{1, "a"}, {2, "x"}});
  Flight &second = desk.send({{1, "b"}, {2, "y"}});
  desk.deliver(first, 1);
  desk.deliver(second, 0);
  desk.deliver(second, 1);
  EXPECT_EQ(desk.take(), (Offsets{{2, "y"}}));
  EXPECT_EQ(desk.out(), 1u); // the second batch is given back all the same
  desk.deliver(first, 0);
  EXPECT_EQ(desk.take(), (Offsets{{1, "b"}}));
}

TEST(Ledger, OnlyResumePointsAreCommitted) {
  Desk desk(1);
  Flight &flight = desk.send({{1, ""}, {1, "b"}, {1, ""}, {0, "ignored"}, {1, "d"}});
  for (const std::uint32_t i : {0u, 1u, 2u, 3u})
    desk.deliver(flight, i);
  EXPECT_EQ(desk.take(), (Offsets{{1, "b"}}));
  desk.deliver(flight, 4);
  EXPECT_EQ(desk.take(), (Offsets{{1, "d"}}));
}

TEST(Ledger, AFailedRecordIsNeverPassed) {
  Desk desk(1);
  Flight &flight = desk.send({{1, "a"}, {1, "b"}, {1, "c"}});
  desk.deliver(flight, 0);
  desk.deliver(flight, 1, kafka::ErrorCode{10});
  desk.deliver(flight, 2);
  EXPECT_EQ(desk.take(), (Offsets{{1, "a"}}));
  ASSERT_TRUE(desk.port.has_failed());
  EXPECT_EQ(desk.port.failure()->index, 1u);
  EXPECT_EQ(desk.port.failure()->error, kafka::ErrorCode{10});
  Flight &next = desk.send({{1, "d"}});
  desk.deliver(next, 0);
  EXPECT_EQ(desk.take(), Offsets());
}

TEST(Ledger, AnEarlyEndOfTheBatchIsNotCommittedPast) {
  Desk desk(1);
  Batch batch({{1, "a"}, {1, "b"}, {1, "c"}});
  Flight flight(desk.port);
  flight.begin(batch.view, false);
  desk.ledger.add(flight, 0, 1, true);
  flight.filled(1); // the second was refused: neither it nor the third is on its way
  desk.deliver(flight, 0);
  EXPECT_TRUE(flight.spoilt());
  std::vector<Flight *> completed;
  desk.port.take_completed(completed);
  ASSERT_EQ(completed.size(), 1u);
  desk.ledger.block(flight);
  batch.abi_records.clear(); // given back: nothing may read it any more
  EXPECT_EQ(desk.take(), (Offsets{{1, "a"}}));
}

TEST(Ledger, FailedCommitsAreOfferedAgain) {
  Desk desk(2);
  Flight &flight = desk.send({{1, "a"}, {2, "x"}});
  desk.deliver(flight, 0);
  desk.deliver(flight, 1);
  EXPECT_EQ(desk.take().size(), 2u);
  desk.ledger.offer_again(2);
  EXPECT_EQ(desk.take(), (Offsets{{2, "x"}}));
}

TEST(Ledger, RecordsThatEndHereCountAsPassed) {
  Desk desk(1);
  Batch batch({{1, "a"}, {1, "b"}});
  Flight flight(desk.port);
  flight.begin(batch.view, true);
  desk.ledger.add(flight, 0, 1, true);
  flight.settle_here(0, SLUICE_FILTERED);
  desk.ledger.add(flight, 1, 1, true);
  flight.settle_here(1, SLUICE_SKIPPED);
  flight.filled(2);
  std::vector<Flight *> completed;
  desk.port.take_completed(completed);
  ASSERT_EQ(completed, std::vector<Flight *>{&flight});
  EXPECT_EQ(flight.deliveries()[0].outcome, SLUICE_FILTERED);
  EXPECT_EQ(flight.deliveries()[1].outcome, SLUICE_SKIPPED);
  desk.ledger.complete(flight);
  EXPECT_EQ(desk.take(), (Offsets{{1, "b"}}));
}

TEST(Ledger, DeliveriesAreKeptForThoseWhoWantThem) {
  Desk desk(1);
  Flight &flight = desk.send({{1, "a"}, {1, "b"}}, true);
  const kafka::Delivery both[] = {{&flight.entry(0), 7, 2, kafka::ErrorCode::None, 5},
                                  {&flight.entry(1), 8, 2, kafka::ErrorCode::None, 6}};
  Flight::deliver(both);
  EXPECT_EQ(flight.deliveries()[1].offset, 8);
  EXPECT_EQ(flight.deliveries()[1].partition, 2);
  EXPECT_EQ(desk.port.records(), 2u);
  EXPECT_EQ(desk.port.bytes(), 11u);
}

TEST(Ledger, WaitingBehindAStuckHeadCostsNoMemory) {
  Desk desk(1);
  Flight &stuck = desk.send({{1, "stuck"}});
  for (int i = 0; i < 100'000; ++i) {
    Flight &flight = desk.send({{1, std::to_string(i)}});
    desk.deliver(flight, 0);
    desk.settle();
  }
  EXPECT_EQ(desk.take(), Offsets());
  EXPECT_EQ(desk.out(), 1u);
  EXPECT_LE(desk.ledger.waiting_runs(1), 1024u);
  desk.deliver(stuck, 0);
  EXPECT_EQ(desk.take(), (Offsets{{1, "99999"}}));
}

// The ledger against a list of all records: what it gives is exactly the last resume point of the
// acknowledged prefix, whatever the order of deliveries, completions and commits.
class Model {
public:
  void sent(std::uint32_t partition, std::string offset, bool resume) {
    records_[partition].push_back({std::move(offset), resume, false});
  }
  void delivered(std::uint32_t partition, std::size_t number) {
    records_[partition][number].done = true;
  }
  std::size_t count(std::uint32_t partition) { return records_[partition].size(); }
  Offsets committable() const {
    Offsets offsets;
    for (const auto &[partition, records] : records_)
      for (const auto &record : records) {
        if (!record.done)
          break;
        if (record.resume)
          offsets[partition] = record.offset;
      }
    return offsets;
  }

private:
  struct Record {
    std::string offset;
    bool resume;
    bool done;
  };
  std::map<std::uint32_t, std::vector<Record>> records_;
};

struct Outstanding {
  Flight *flight;
  std::uint32_t index;
  std::uint32_t partition;
  std::size_t number;
};

void run_random(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const auto partitions = static_cast<std::uint32_t>(1 + below(5));
  Desk desk(partitions);
  Model model;
  std::vector<Outstanding> outstanding;
  Offsets committed;
  for (int step = 0; step < 400; ++step) {
    const std::size_t dice = below(10);
    if (dice < 3) {
      std::vector<Batch::Record> records;
      std::vector<Outstanding> fresh;
      for (std::size_t i = 0, n = below(8); i < n; ++i) {
        const auto partition = static_cast<std::uint32_t>(1 + below(partitions));
        const bool resume = below(3) > 0;
        const std::size_t number = model.count(partition);
        const std::string offset = std::to_string(partition) + ":" + std::to_string(number);
        model.sent(partition, offset, resume);
        records.push_back({partition, resume ? offset : ""});
        fresh.push_back({nullptr, static_cast<std::uint32_t>(i), partition, number});
      }
      Flight &flight = desk.send(records);
      for (auto &one : fresh)
        one.flight = &flight;
      outstanding.insert(outstanding.end(), fresh.begin(), fresh.end());
    } else if (dice < 9 && !outstanding.empty()) {
      // Mostly in order, as Kafka does it within a partition; now and then anything.
      const std::size_t at = below(4) == 0 ? below(outstanding.size()) : 0;
      const Outstanding one = outstanding[at];
      outstanding.erase(outstanding.begin() + static_cast<std::ptrdiff_t>(at));
      model.delivered(one.partition, one.number);
      Desk::deliver(*one.flight, one.index);
      if (below(2) == 0)
        desk.settle();
    } else {
      for (auto &[partition, offset] : desk.take())
        committed[partition] = offset;
      ASSERT_EQ(committed, model.committable()) << "at step " << step;
    }
  }
  for (const Outstanding &one : outstanding) {
    model.delivered(one.partition, one.number);
    Desk::deliver(*one.flight, one.index);
  }
  for (auto &[partition, offset] : desk.take())
    committed[partition] = offset;
  EXPECT_EQ(committed, model.committable());
  EXPECT_EQ(desk.out(), 0u);
}

TEST(LedgerProperty, GivesExactlyTheAcknowledgedPrefix) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    run_random(seed);
}

// Deliveries come from another thread while the task sends, settles and commits.
TEST(LedgerProperty, NeverPassesAnUnacknowledgedRecordAcrossThreads) {
  constexpr int kBatches = 3000;
  constexpr std::uint32_t kRecords = 16;
  Desk desk(2);
  std::atomic<std::uint64_t> acknowledged[2] = {0, 0}; // records of each partition, in order
  std::mutex mutex;
  std::deque<Flight *> sent;
  std::atomic<bool> finished{false};
  std::thread broker([&] {
    for (int batches = 0; batches < kBatches;) {
      Flight *flight = nullptr;
      {
        std::lock_guard lock(mutex);
        if (!sent.empty()) {
          flight = sent.front();
          sent.pop_front();
        }
      }
      if (flight == nullptr) {
        std::this_thread::yield();
        continue;
      }
      for (std::uint32_t i = 0; i < kRecords; ++i) {
        // Counted before: a commit may show it at once.
        acknowledged[i % 2].fetch_add(1);
        Desk::deliver(*flight, i);
      }
      ++batches;
    }
    finished = true;
  });
  std::uint64_t number[2] = {0, 0};
  std::uint64_t last[2] = {0, 0};
  const auto check = [&] {
    for (const auto &[partition, text] : desk.take()) {
      const std::uint64_t offset = std::stoull(text);
      ASSERT_GT(offset, last[partition - 1]);
      ASSERT_LE(offset, acknowledged[partition - 1].load());
      last[partition - 1] = offset;
    }
  };
  for (int i = 0; i < kBatches; ++i) {
    std::vector<Batch::Record> records;
    for (std::uint32_t k = 0; k < kRecords; ++k)
      records.push_back({1 + k % 2, std::to_string(++number[k % 2])});
    Flight &flight = desk.send(std::move(records));
    {
      std::lock_guard lock(mutex);
      sent.push_back(&flight);
    }
    check();
  }
  while (!finished)
    check();
  broker.join();
  check();
  EXPECT_EQ(last[0], number[0]);
  EXPECT_EQ(last[1], number[1]);
  EXPECT_EQ(desk.out(), 0u);
}

} // namespace
} // namespace host::runtime
