#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/runtime/flight.h"
#include "host/runtime/ring.h"

namespace host::runtime {

// What a source task may commit: per source partition, the offset of the last record before which
// (and with which) everything is in Kafka. Belongs to the task's thread; only the marks of entries
// are written by others.
//
// Per partition it keeps a queue of runs, one for each flight with records of it. Offsets stay in
// the plugin's batches: text is copied when a flight completes and when a commit asks, once per
// partition, not per record.
class Ledger {
public:
  // Source partitions are known by their id, from 1. Makes room for ids up to `last`.
  void grow(std::uint32_t last);

  // Registers record `index` of a flight; records in the order in which they are produced. Records
  // of one flight one after the other, without another flight's in between.
  void add(Flight &flight, std::uint32_t index, std::uint32_t partition, bool has_offset);

  // Every record of the flight has a good outcome. Afterwards nothing here points into its batch.
  void complete(Flight &flight);
  // Some record of the flight will never be delivered: nothing at or behind it can be committed any
  // more. Afterwards nothing here points into its batch.
  void block(Flight &flight);

  struct Offset {
    std::uint32_t partition = 0;
    std::string_view text; // as the plugin wrote it; good until the next call
  };
  // What can be committed now and was not taken before, in no certain order.
  const std::vector<Offset> &take();
  // The result of the last take(), until then.
  const std::vector<Offset> &taken() const { return taken_; }
  // Whether take() may give something, now or when more is delivered.
  bool has_work() const { return !changed_.empty() || !open_.empty(); }
  // Whether anything was taken that has to be offered again, because its commit failed.
  void offer_again(std::uint32_t partition);

  // Forgets all runs (the offsets that can be taken stay): their records will never be delivered.
  void abandon();

  // Runs that wait in a partition; for tests of what waiting costs.
  std::size_t waiting_runs(std::uint32_t partition) const {
    return partitions_[partition].runs.size();
  }

private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // The records of one partition in one flight, as a list through their entries.
  struct Run {
    Flight *flight = nullptr; // null: complete (`text` is its offset) or blocked
    bool blocked = false;
    std::uint32_t first = kNone;
    std::uint32_t last = kNone;
    std::uint32_t last_offset = kNone; // last record with a resume point
    bool has_text = false;
    std::string text;
  };
  struct Partition {
    Ring<Run> runs;
    std::string committable;
    bool has_committable = false; // committable was ever set
    bool changed = false;         // listed in changed_
    bool open = false;            // listed in open_
    std::size_t compact_at = kCompactAt;
  };
  static constexpr std::size_t kCompactAt = 1024;

  void open_run(std::uint32_t id, Partition &partition, Flight &flight);
  static std::size_t find_run(Partition &partition, const Flight &flight);
  void pass_complete_runs(std::uint32_t id, Partition &partition);
  void advance(std::uint32_t id, Partition &partition);
  // True if the run has no other record left.
  bool pass_done_records(std::uint32_t id, Partition &partition, Run &run);
  // While a head is stuck, complete runs behind it become one, so that waiting costs no memory.
  static void compact(Partition &partition);
  void set_committable(std::uint32_t id, Partition &partition, std::string_view text);
  static std::string_view offset_text(const Flight &flight, std::uint32_t index);

  std::vector<Partition> partitions_; // by id; [0] is not used
  std::vector<std::uint32_t> changed_;
  std::vector<std::uint32_t> open_; // partitions with runs, and some that had
  std::vector<Offset> taken_;
};

} // namespace host::runtime
