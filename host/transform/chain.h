#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/config/config_def.h"
#include "host/data/arena.h"
#include "host/data/schema_pool.h"
#include "host/transform/record.h"
#include "host/transform/transform.h"

namespace host::transform {

// One `transforms.<alias>` with the predicate that decides for which records it works.
struct Stage {
  std::string alias;
  std::string
      class_name; // in Java's words: `…transforms.Cast$Value`; also for its predicate's sake
  std::unique_ptr<Transform> transform;
  std::string predicate_alias; // empty: none
  std::unique_ptr<Predicate> predicate;
  bool negate = false;
};

enum class Outcome : std::uint8_t {
  Passed = 1, // the record came through, possibly changed
  Filtered,   // a transform dropped it
  Failed,     // see Chain::take_failure
};

// What a stage did with a record; for whoever wants to see every step.
enum class StepResult : std::uint8_t { Applied = 1, NotSelected, Filtered, Failed };
class Observer {
public:
  virtual ~Observer() = default;
  // After each stage; `record` as it left the stage (after Failed: in an unspecified state).
  virtual void step(const Stage &stage, StepResult result, const Record &record) = 0;
};

// What failed: stage TRANSFORMATION, and in Java's words the class of the transform and the error.
struct Failure {
  const Stage *stage;
  Error error;
};

// The transforms and predicates of a connector, in order (contract 9). One per task, used by its
// thread; keeps schema caches, so that a warm chain allocates nothing per record. The pool must
// outlive it.
class Chain {
public:
  // A chain without stages.
  Chain() = default;

  // From a connector's whole configuration, resolved. Errors are those of a task's start in
  // Connect: ConfigException for a key, ConnectException around what a class refuses (9.1, 17·9.1).
  static Result<Chain> create(const config::Submitted &config, data::SchemaPool &pool);
  static Result<Chain> create(const StringMap &config, data::SchemaPool &pool) {
    return create(config::Submitted{config}, pool);
  }

  bool empty() const { return stages_.empty(); }
  const std::vector<Stage> &stages() const { return stages_; }

  // Changes the record in place. What is new lies in the arena; after Filtered or Failed the record
  // is of no use.
  Outcome apply(Record &record, data::Arena &arena, Observer *observer = nullptr);
  // After Failed.
  Failure take_failure() { return std::move(*failure_); }

private:
  std::vector<Stage> stages_;
  std::optional<Failure> failure_;
};

} // namespace host::transform
