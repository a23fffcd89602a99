using Deliberation.Features;
using Deliberation.Web;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddFeatures();
builder.Services.AddWeb(builder.Environment);
var app = builder.Build();
app.UseWeb();
app.MapWeb();
await app.RunAsync();
