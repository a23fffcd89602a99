using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Deliberation.Process.Texts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;

namespace Deliberation.Web.Language;

/// <summary>Texts and the language of a request.</summary>
internal static class LanguageModule
{
    public static IServiceCollection AddLanguage(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton(new TextCatalog(typeof(LanguageModule).Assembly));
        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.Frame());
        services.AddScoped<ITexts>(provider =>
        {
            var frame = provider.GetRequiredService<Frame>();
            return new Texts(provider.GetRequiredService<TextCatalog>(), frame.Language, frame.ThisYear);
        });
        services.AddSingleton<IConfigureOptions<MvcOptions>, FormMessages>();
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All)); // Chinese as it is, not as 8 bytes a character
        return services;
    }

    /// <summary>What a form says about a value that is not even of the right kind, in the reader's language.</summary>
    private sealed class FormMessages(TextCatalog texts) : IConfigureOptions<MvcOptions>
    {
        public void Configure(MvcOptions options)
        {
            var provider = options.ModelBindingMessageProvider;
            provider.SetMissingBindRequiredValueAccessor(_ => Say("form.missing"));
            provider.SetMissingKeyOrValueAccessor(() => Say("form.missing"));
            provider.SetMissingRequestBodyRequiredValueAccessor(() => Say("form.missing"));
            provider.SetValueMustNotBeNullAccessor(_ => Say("form.missing"));
            provider.SetAttemptedValueIsInvalidAccessor((_, _) => Say("form.malformed"));
            provider.SetNonPropertyAttemptedValueIsInvalidAccessor(_ => Say("form.malformed"));
            provider.SetUnknownValueIsInvalidAccessor(_ => Say("form.malformed"));
            provider.SetNonPropertyUnknownValueIsInvalidAccessor(() => Say("form.malformed"));
            provider.SetValueIsInvalidAccessor(_ => Say("form.malformed"));
            provider.SetValueMustBeANumberAccessor(_ => Say("form.not-a-number"));
            provider.SetNonPropertyValueMustBeANumberAccessor(() => Say("form.not-a-number"));
        }

        private string Say(string key) => texts.Get(CultureInfo.CurrentUICulture.Name, key);
    }
}
