using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace TomoBackup.Storage.S3;

/// <summary>The SDK's client, which sends each request once; but where the service says that our clock is wrong, it
/// signs by the service's clock and sends it once more. Only the SDK's own retry knows how to do that.</summary>
sealed class ClockedS3Client(AWSCredentials credentials, AmazonS3Config settings)
    : AmazonS3Client(credentials, settings)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new ClockPolicy()));
    }

    // Retry, of the base class, asks first whether it was the clock, and sets it.
    sealed class ClockPolicy : RetryPolicy
    {
        public ClockPolicy() => MaxRetries = 1;

        public override bool CanRetry(IExecutionContext executionContext)
            => executionContext.RequestContext.Request.IsRequestStreamRewindable();

        public override bool RetryLimitReached(IExecutionContext executionContext)
            => executionContext.RequestContext.Retries >= MaxRetries;

        public override bool RetryForException(IExecutionContext executionContext, Exception exception) => false;

        public override Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception)
            => Task.FromResult(false);

        public override void WaitBeforeRetry(IExecutionContext executionContext)
        {
        }

        public override Task WaitBeforeRetryAsync(IExecutionContext executionContext) => Task.CompletedTask;
    }
}
