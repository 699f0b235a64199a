#include "host/runtime/ledger.h"

#include <algorithm>
#include <utility>

namespace host::runtime {

void Ledger::grow(std::uint32_t last) {
  if (last >= partitions_.size())
    partitions_.resize(std::size_t{last} + 1);
}

void Ledger::add(Flight &flight, std::uint32_t index, std::uint32_t id, bool has_offset) {
  Partition &partition = partitions_[id];
  if (partition.runs.empty() || partition.runs.back().flight != &flight) [[unlikely]]
    open_run(id, partition, flight);
  Run &run = partition.runs.back();
  if (run.last == kNone)
    run.first = index;
  else
    flight.entry(run.last).next = index;
  run.last = index;
  if (has_offset)
    run.last_offset = index;
}

void Ledger::open_run(std::uint32_t id, Partition &partition, Flight &flight) {
  if (partition.runs.size() >= partition.compact_at)
    compact(partition);
  Run &run = partition.runs.push();
  run.flight = &flight;
  run.first = run.last = run.last_offset = kNone;
  run.has_text = false;
  run.blocked = false;
  flight.partitions().push_back(id);
  if (!partition.open) {
    partition.open = true;
    open_.push_back(id);
  }
}

void Ledger::compact(Partition &partition) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < partition.runs.size(); ++i) {
    Run &run = partition.runs[i];
    const bool joins = kept > 0 && run.flight == nullptr && !run.blocked &&
                       partition.runs[kept - 1].flight == nullptr &&
                       !partition.runs[kept - 1].blocked;
    if (!joins) {
      if (kept != i)
        std::swap(partition.runs[kept], run);
      ++kept;
    } else if (run.has_text) {
      partition.runs[kept - 1].has_text = true;
      std::swap(partition.runs[kept - 1].text, run.text);
    }
  }
  while (partition.runs.size() > kept)
    partition.runs.pop_back();
  partition.compact_at = std::max(kCompactAt, kept * 2);
}

std::size_t Ledger::find_run(Partition &partition, const Flight &flight) {
  std::size_t at = 0;
  while (at < partition.runs.size() && partition.runs[at].flight != &flight)
    ++at;
  return at;
}

void Ledger::complete(Flight &flight) {
  for (const std::uint32_t id : flight.partitions()) {
    Partition &partition = partitions_[id];
    const std::size_t at = find_run(partition, flight);
    if (at == partition.runs.size())
      continue; // take() has passed it already
    Run &run = partition.runs[at];
    run.has_text = run.last_offset != kNone;
    if (run.has_text)
      run.text.assign(offset_text(flight, run.last_offset));
    run.flight = nullptr;
    if (at == 0)
      pass_complete_runs(id, partition);
  }
}

void Ledger::block(Flight &flight) {
  for (const std::uint32_t id : flight.partitions()) {
    Partition &partition = partitions_[id];
    advance(id, partition);
    const std::size_t at = find_run(partition, flight);
    if (at == partition.runs.size())
      continue;
    partition.runs[at].flight = nullptr;
    partition.runs[at].blocked = true;
  }
}

void Ledger::pass_complete_runs(std::uint32_t id, Partition &partition) {
  while (!partition.runs.empty() && partition.runs.front().flight == nullptr &&
         !partition.runs.front().blocked) {
    if (partition.runs.front().has_text)
      set_committable(id, partition, partition.runs.front().text);
    partition.runs.pop();
  }
}

void Ledger::advance(std::uint32_t id, Partition &partition) {
  while (!partition.runs.empty()) {
    Run &run = partition.runs.front();
    if (run.blocked || (run.flight != nullptr && !pass_done_records(id, partition, run)))
      return;
    if (run.flight == nullptr && run.has_text)
      set_committable(id, partition, run.text);
    partition.runs.pop();
  }
}

bool Ledger::pass_done_records(std::uint32_t id, Partition &partition, Run &run) {
  Flight &flight = *run.flight;
  std::uint32_t reached = kNone;
  bool all = false;
  while (!all && flight.done(run.first)) {
    if (flight.batch()[run.first].source_offset.ptr != nullptr)
      reached = run.first;
    all = run.first == run.last;
    if (!all)
      run.first = flight.entry(run.first).next;
  }
  if (reached != kNone)
    set_committable(id, partition, offset_text(flight, reached));
  return all;
}

void Ledger::set_committable(std::uint32_t id, Partition &partition, std::string_view text) {
  if (partition.has_committable && partition.committable == text)
    return;
  partition.committable.assign(text);
  partition.has_committable = true;
  if (!partition.changed) {
    partition.changed = true;
    changed_.push_back(id);
  }
}

const std::vector<Ledger::Offset> &Ledger::take() {
  std::erase_if(open_, [this](std::uint32_t id) {
    Partition &partition = partitions_[id];
    advance(id, partition);
    partition.open = !partition.runs.empty();
    return !partition.open;
  });
  taken_.clear();
  for (const std::uint32_t id : changed_) {
    partitions_[id].changed = false;
    taken_.push_back({id, partitions_[id].committable});
  }
  changed_.clear();
  return taken_;
}

void Ledger::offer_again(std::uint32_t id) {
  Partition &partition = partitions_[id];
  if (partition.changed || !partition.has_committable)
    return;
  partition.changed = true;
  changed_.push_back(id);
}

void Ledger::abandon() {
  for (const std::uint32_t id : open_) {
    Partition &partition = partitions_[id];
    while (!partition.runs.empty())
      partition.runs.pop();
    partition.open = false;
  }
  open_.clear();
}

std::string_view Ledger::offset_text(const Flight &flight, std::uint32_t index) {
  const sluice_str text = flight.batch()[index].source_offset;
  return {text.ptr, text.len};
}

} // namespace host::runtime
