#pragma once

#include <cstdint>

#include "host/base/error.h"
#include "host/data/arena.h"
#include "host/transform/record.h"

namespace host::transform {

// What a transform decides about a record that it could process.
enum class Verdict : std::uint8_t { Keep = 1, Drop };

// One step of a chain: changes a record in place or drops it. Belongs to one chain and its thread.
// What it makes lies in the arena or lives as long as itself; warm, it allocates nothing. An error
// is Connect's, class and message, and concerns this record.
class Transform {
public:
  virtual ~Transform() = default;
  virtual Result<Verdict> apply(Record &record, data::Arena &arena) = 0;
};

// Decides whether a transform works on a record. Otherwise like Transform.
class Predicate {
public:
  virtual ~Predicate() = default;
  virtual bool test(const Record &record) = 0;
};

} // namespace host::transform
