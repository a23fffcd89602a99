using Deliberation.Postgres.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Notifications.Channels;

internal static class ChannelsModule
{
    public static IServiceCollection AddChannels(this IServiceCollection services)
    {
        services.AddOptions<ChannelOptions>().BindConfiguration(ChannelOptions.Section).ValidateDataAnnotations().ValidateOnStart();
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
