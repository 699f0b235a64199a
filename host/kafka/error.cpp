#include "host/kafka/error.h"

#include <librdkafka/rdkafka.h>

#include <iterator>

namespace host::kafka {
namespace {

constexpr std::string_view kUnknownClass = "org.apache.kafka.common.KafkaException";

struct Row {
  std::string_view exception;
  bool retriable;
};

// The broker's codes from 1 on, with the class that Java's client throws for each and whether that
// class is a RetriableException (org.apache.kafka.common.protocol.Errors of 4.3.0).
constexpr Row kBrokerErrors[] = {
    {"org.apache.kafka.common.errors.OffsetOutOfRangeException", false},
    {"org.apache.kafka.common.errors.CorruptRecordException", true},
    {"org.apache.kafka.common.errors.UnknownTopicOrPartitionException", true},
    {"org.apache.kafka.common.errors.InvalidFetchSizeException", false},
    {"org.apache.kafka.common.errors.LeaderNotAvailableException", true},
    {"org.apache.kafka.common.errors.NotLeaderOrFollowerException", true},
    {"org.apache.kafka.common.errors.TimeoutException", true},
    {"org.apache.kafka.common.errors.BrokerNotAvailableException", false},
    {"org.apache.kafka.common.errors.ReplicaNotAvailableException", true},
    {"org.apache.kafka.common.errors.RecordTooLargeException", false},
    {"org.apache.kafka.common.errors.ControllerMovedException", false},
    {"org.apache.kafka.common.errors.OffsetMetadataTooLarge", false},
    {"org.apache.kafka.common.errors.NetworkException", true},
    {"org.apache.kafka.common.errors.CoordinatorLoadInProgressException", true},
    {"org.apache.kafka.common.errors.CoordinatorNotAvailableException", true},
    {"org.apache.kafka.common.errors.NotCoordinatorException", true},
    {"org.apache.kafka.common.errors.InvalidTopicException", false},
    {"org.apache.kafka.common.errors.RecordBatchTooLargeException", false},
    {"org.apache.kafka.common.errors.NotEnoughReplicasException", true},
    {"org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException", true},
    {"org.apache.kafka.common.errors.InvalidRequiredAcksException", false},
    {"org.apache.kafka.common.errors.IllegalGenerationException", false},
    {"org.apache.kafka.common.errors.InconsistentGroupProtocolException", false},
    {"org.apache.kafka.common.errors.InvalidGroupIdException", false},
    {"org.apache.kafka.common.errors.UnknownMemberIdException", false},
    {"org.apache.kafka.common.errors.InvalidSessionTimeoutException", false},
    {"org.apache.kafka.common.errors.RebalanceInProgressException", false},
    {"org.apache.kafka.common.errors.InvalidCommitOffsetSizeException", false},
    {"org.apache.kafka.common.errors.TopicAuthorizationException", false},
    {"org.apache.kafka.common.errors.GroupAuthorizationException", false},
    {"org.apache.kafka.common.errors.ClusterAuthorizationException", false},
    {"org.apache.kafka.common.errors.InvalidTimestampException", false},
    {"org.apache.kafka.common.errors.UnsupportedSaslMechanismException", false},
    {"org.apache.kafka.common.errors.IllegalSaslStateException", false},
    {"org.apache.kafka.common.errors.UnsupportedVersionException", false},
    {"org.apache.kafka.common.errors.TopicExistsException", false},
    {"org.apache.kafka.common.errors.InvalidPartitionsException", false},
    {"org.apache.kafka.common.errors.InvalidReplicationFactorException", false},
    {"org.apache.kafka.common.errors.InvalidReplicaAssignmentException", false},
    {"org.apache.kafka.common.errors.InvalidConfigurationException", false},
    {"org.apache.kafka.common.errors.NotControllerException", true},
    {"org.apache.kafka.common.errors.InvalidRequestException", false},
    {"org.apache.kafka.common.errors.UnsupportedForMessageFormatException", false},
    {"org.apache.kafka.common.errors.PolicyViolationException", false},
    {"org.apache.kafka.common.errors.OutOfOrderSequenceException", false},
    {"org.apache.kafka.common.errors.DuplicateSequenceException", false},
    {"org.apache.kafka.common.errors.InvalidProducerEpochException", false},
    {"org.apache.kafka.common.errors.InvalidTxnStateException", false},
    {"org.apache.kafka.common.errors.InvalidPidMappingException", false},
    {"org.apache.kafka.common.errors.InvalidTxnTimeoutException", false},
    {"org.apache.kafka.common.errors.ConcurrentTransactionsException", true},
    {"org.apache.kafka.common.errors.TransactionCoordinatorFencedException", false},
    {"org.apache.kafka.common.errors.TransactionalIdAuthorizationException", false},
    {"org.apache.kafka.common.errors.SecurityDisabledException", false},
    {"org.apache.kafka.common.errors.OperationNotAttemptedException", false},
    {"org.apache.kafka.common.errors.KafkaStorageException", true},
    {"org.apache.kafka.common.errors.LogDirNotFoundException", false},
    {"org.apache.kafka.common.errors.SaslAuthenticationException", false},
    {"org.apache.kafka.common.errors.UnknownProducerIdException", false},
    {"org.apache.kafka.common.errors.ReassignmentInProgressException", false},
    {"org.apache.kafka.common.errors.DelegationTokenDisabledException", false},
    {"org.apache.kafka.common.errors.DelegationTokenNotFoundException", false},
    {"org.apache.kafka.common.errors.DelegationTokenOwnerMismatchException", false},
    {"org.apache.kafka.common.errors.UnsupportedByAuthenticationException", false},
    {"org.apache.kafka.common.errors.DelegationTokenAuthorizationException", false},
    {"org.apache.kafka.common.errors.DelegationTokenExpiredException", false},
    {"org.apache.kafka.common.errors.InvalidPrincipalTypeException", false},
    {"org.apache.kafka.common.errors.GroupNotEmptyException", false},
    {"org.apache.kafka.common.errors.GroupIdNotFoundException", false},
    {"org.apache.kafka.common.errors.FetchSessionIdNotFoundException", true},
    {"org.apache.kafka.common.errors.InvalidFetchSessionEpochException", true},
    {"org.apache.kafka.common.errors.ListenerNotFoundException", true},
    {"org.apache.kafka.common.errors.TopicDeletionDisabledException", false},
    {"org.apache.kafka.common.errors.FencedLeaderEpochException", true},
    {"org.apache.kafka.common.errors.UnknownLeaderEpochException", true},
    {"org.apache.kafka.common.errors.UnsupportedCompressionTypeException", false},
    {"org.apache.kafka.common.errors.StaleBrokerEpochException", false},
    {"org.apache.kafka.common.errors.OffsetNotAvailableException", true},
    {"org.apache.kafka.common.errors.MemberIdRequiredException", false},
    {"org.apache.kafka.common.errors.PreferredLeaderNotAvailableException", true},
    {"org.apache.kafka.common.errors.GroupMaxSizeReachedException", false},
    {"org.apache.kafka.common.errors.FencedInstanceIdException", false},
    {"org.apache.kafka.common.errors.EligibleLeadersNotAvailableException", true},
    {"org.apache.kafka.common.errors.ElectionNotNeededException", true},
    {"org.apache.kafka.common.errors.NoReassignmentInProgressException", false},
    {"org.apache.kafka.common.errors.GroupSubscribedToTopicException", false},
    {"org.apache.kafka.common.InvalidRecordException", false},
    {"org.apache.kafka.common.errors.UnstableOffsetCommitException", true},
    {"org.apache.kafka.common.errors.ThrottlingQuotaExceededException", true},
    {"org.apache.kafka.common.errors.ProducerFencedException", false},
    {"org.apache.kafka.common.errors.ResourceNotFoundException", false},
    {"org.apache.kafka.common.errors.DuplicateResourceException", false},
};

struct LocalRow {
  rd_kafka_resp_err_t code;
  Row row;
};

// The client library's own codes that users can meet; Java's client words for the same event.
constexpr LocalRow kLocalErrors[] = {
    {RD_KAFKA_RESP_ERR__TRANSPORT, {"org.apache.kafka.common.errors.DisconnectException", true}},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
     {"org.apache.kafka.common.errors.DisconnectException", true}},
    {RD_KAFKA_RESP_ERR__RESOLVE, {"org.apache.kafka.common.errors.NetworkException", true}},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, {"org.apache.kafka.common.errors.TimeoutException", true}},
    {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, {"org.apache.kafka.common.errors.TimeoutException", true}},
    {RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, {"org.apache.kafka.common.errors.TimeoutException", true}},
    {RD_KAFKA_RESP_ERR__WAIT_COORD,
     {"org.apache.kafka.common.errors.CoordinatorNotAvailableException", true}},
    // Metadata without a leader for a partition, as while leaders move.
    {RD_KAFKA_RESP_ERR__NOENT,
     {"org.apache.kafka.common.errors.LeaderNotAvailableException", true}},
    {RD_KAFKA_RESP_ERR__WAIT_CACHE, {"org.apache.kafka.common.errors.TimeoutException", true}},
    {RD_KAFKA_RESP_ERR__IN_PROGRESS,
     {"org.apache.kafka.common.errors.RebalanceInProgressException", true}},
    {RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS,
     {"org.apache.kafka.common.errors.RebalanceInProgressException", true}},
    {RD_KAFKA_RESP_ERR__STATE, {"java.lang.IllegalStateException", true}},
    {RD_KAFKA_RESP_ERR__RETRY, {"org.apache.kafka.common.errors.RetriableException", true}},
    {RD_KAFKA_RESP_ERR__QUEUE_FULL,
     {"org.apache.kafka.clients.producer.BufferExhaustedException", true}},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
     {"org.apache.kafka.common.errors.UnknownTopicOrPartitionException", false}},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
     {"org.apache.kafka.common.errors.UnknownTopicOrPartitionException", false}},
    {RD_KAFKA_RESP_ERR__UNKNOWN_GROUP,
     {"org.apache.kafka.common.errors.InvalidGroupIdException", false}},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION,
     {"org.apache.kafka.common.errors.SaslAuthenticationException", false}},
    {RD_KAFKA_RESP_ERR__SSL, {"org.apache.kafka.common.errors.SslAuthenticationException", false}},
    {RD_KAFKA_RESP_ERR__FENCED, {"org.apache.kafka.common.errors.ProducerFencedException", false}},
    {RD_KAFKA_RESP_ERR__NO_OFFSET,
     {"org.apache.kafka.clients.consumer.NoOffsetForPartitionException", false}},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET,
     {"org.apache.kafka.clients.consumer.NoOffsetForPartitionException", false}},
    {RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST,
     {"org.apache.kafka.clients.consumer.CommitFailedException", false}},
    {RD_KAFKA_RESP_ERR__BAD_MSG, {"org.apache.kafka.common.errors.CorruptRecordException", false}},
    {RD_KAFKA_RESP_ERR__BAD_COMPRESSION,
     {"org.apache.kafka.common.errors.CorruptRecordException", false}},
    {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
     {"org.apache.kafka.common.errors.UnsupportedVersionException", false}},
    {RD_KAFKA_RESP_ERR__INVALID_ARG, {"java.lang.IllegalArgumentException", false}},
};

const Row *find(ErrorCode code) {
  const auto number = static_cast<std::int32_t>(code);
  if (number >= 1 && number <= static_cast<std::int32_t>(std::size(kBrokerErrors)))
    return &kBrokerErrors[number - 1];
  for (const LocalRow &local : kLocalErrors)
    if (local.code == number)
      return &local.row;
  return nullptr;
}

Code code_class(ErrorCode code) {
  switch (static_cast<rd_kafka_resp_err_t>(code)) {
  case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
    return Code::AlreadyExists;
  case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
  case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    return Code::Unsupported;
  default:
    return is_retriable(code) ? Code::Retry : Code::Fatal;
  }
}

} // namespace

std::string_view name_of(ErrorCode code) {
  return rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(code));
}

std::string_view text_of(ErrorCode code) {
  return rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code));
}

std::string_view exception_of(ErrorCode code) {
  const Row *row = find(code);
  return row != nullptr ? row->exception : kUnknownClass;
}

bool is_retriable(ErrorCode code) {
  const Row *row = find(code);
  return row != nullptr && row->retriable;
}

Error error_of(ErrorCode code, std::string_view what, std::string_view detail) {
  std::string message(what);
  if (!message.empty())
    message += ": ";
  message += detail.empty() ? text_of(code) : detail;
  return Error(code_class(code), exception_of(code), std::move(message));
}

} // namespace host::kafka
