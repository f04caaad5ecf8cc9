"""Pages about people: signing in and up, the team, one's own account."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from parties import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", login_not_required(LogoutView.as_view()), name="sign-out"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("password/forgotten/", views.PasswordForgotten.as_view(), name="password-reset"),
    path("password/sent/", views.PasswordLetterSent.as_view(), name="password-reset-sent"),
    path("password/new/<uidb64>/<token>/", views.PasswordNew.as_view(), name="password-reset-confirm"),
    path("password/done/", views.PasswordNewDone.as_view(), name="password-reset-done"),
    path("team/", views.team, name="team"),
    path("team/invite/", views.team_invite, name="team-invite"),
    path("team/invitations/<int:pk>/withdraw/", views.team_withdraw, name="team-withdraw"),
    path("team/people/<int:pk>/remove/", views.team_remove, name="team-remove"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("account/", views.account, name="account"),
    path("account/password/", views.PasswordChange.as_view(), name="password-change"),
]
