using Deliberation.Postgres.Scheduling;
using Deliberation.Process.Texts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Deliberation.Features.Notifications.Channels;

internal static class ChannelsModule
{
    public static IServiceCollection AddChannels(this IServiceCollection services)
    {
        services.AddOptions<ChannelOptions>().BindConfiguration(ChannelOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(_ => new TextCatalog()); // the Web's own holds these texts too
        services.AddSingleton<MessageWords>();
        services.AddSingleton<MailSender>();
        services.AddSingleton<GatewaySender>();
        services.AddSingleton<ChannelSender>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<IDueWorkHandler, ReleaseMessages>();
        services.AddHostedService<DeliveryLoop>();
        return services;
    }
}
