#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/data/schema.h"

namespace host::data {

class SchemaPool;

// What keeps schemas of records from one record to the next, as caches do: it must let go of all of
// them when its pool says so. Belongs to the thread of the pool's turns; the pool outlives it.
class SchemaHolder {
public:
  explicit SchemaHolder(SchemaPool &pool);
  virtual ~SchemaHolder();
  SchemaHolder(const SchemaHolder &) = delete;
  SchemaHolder &operator=(const SchemaHolder &) = delete;

  virtual void forget_schemas() = 0;

private:
  friend class SchemaPool;
  SchemaPool &pool_;
};

// Interns the schemas of one task, which it outlives, with its records (docs/adr/0013). Those that
// configuration or a plugin asks for last as long as the pool. Those that records bring, of which
// there may be ever more, belong to a generation: when one has grown large, a new one begins
// between two batches, and the old one goes with the last batch that keeps it. A lock is taken per
// schema made and per batch, never per record.
class SchemaPool {
public:
  SchemaPool();
  ~SchemaPool();
  SchemaPool(const SchemaPool &) = delete;
  SchemaPool &operator=(const SchemaPool &) = delete;

  // The schema of that content, made if need be: for ever, after begin_records() for its
  // generation. Errors are Connect's SchemaBuilderExceptions. Any thread.
  Result<const Schema *> intern(SchemaSpec spec);
  // The same, in any case for ever.
  Result<const Schema *> intern_lasting(SchemaSpec spec);

  // All that was asked for by configuration is there.
  void begin_records();
  // Between two batches: begins a new generation if the present one is large.
  void turn();
  // Keeps the schemas that records have now, for as long as it is held. Null before records begin.
  std::shared_ptr<const void> generation() const;

  // How many schemas there are that records brought; of the present generation.
  std::size_t transient() const;

  static constexpr std::size_t kMostSchemas = 4096;
  static constexpr std::size_t kMostBytes = std::size_t{4} << 20; // of their contents

private:
  friend class SchemaHolder;
  using Schemas = std::map<std::string, std::unique_ptr<const Schema>, std::less<>>;
  struct Generation {
    Schemas schemas;
    std::size_t bytes = 0;
  };

  const Schema *make(SchemaSpec &&spec, bool lasting);
  const Schema *find(const std::string &content) const;
  bool parts_last(const SchemaSpec &spec) const;
  void keep_generations();

  mutable std::mutex mutex_; // guards all below
  Schemas lasting_;
  std::shared_ptr<Generation> present_;            // from begin_records() on
  std::vector<std::weak_ptr<Generation>> earlier_; // those that batches may still keep
  std::vector<std::shared_ptr<Generation>> kept_;  // something lasting was made of their schemas
  std::vector<SchemaHolder *> holders_;
};

} // namespace host::data
