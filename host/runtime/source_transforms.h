#pragma once

#include <optional>

#include <sluice/abi/source.h>

#include "host/runtime/source_conversion.h"
#include "host/runtime/source_partitions.h"
#include "host/transform/chain.h"

namespace host::runtime {

// The transforms of a source task, on the records of its plugin. Belongs to the task's thread.
class SourceTransforms {
public:
  SourceTransforms(transform::Chain chain, const SourcePartitions &partitions);

  bool empty() const { return empty_; }
  // What earlier results point to goes.
  void begin_flight() { arena_.reset(); }

  // Passed: see result().
  transform::Outcome apply(const sluice_source_record &given);
  // Good until the next record; what it points to, until the next flight.
  const sluice_source_record &result() const { return result_; }
  SourceConversion::Failure take_failure() { return std::move(*failure_); }

private:
  bool is_sound(const sluice_source_record &given);
  void write(const sluice_source_record &given);

  transform::Chain chain_;
  const bool empty_;
  const SourcePartitions &partitions_;
  data::Arena arena_;
  transform::Record record_; // on its way through the chain
  sluice_source_record result_{};
  std::optional<SourceConversion::Failure> failure_;
};

} // namespace host::runtime
